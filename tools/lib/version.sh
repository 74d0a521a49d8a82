# Versions. Sourced.

# at_least HAVE WANT : true if version HAVE is WANT or newer.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# first_version : the first word of stdin that looks like one, such as 1.96.0.
first_version() {
    grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1
}
