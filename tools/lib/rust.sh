# Rust: what is on the PATH if it is new enough, else Debian's newest. Sourced; needs log.sh, version.sh, apt.sh, paths.sh.

rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/core/Cargo.toml"; }

rust_found() { command -v cargo >/dev/null && rustc --version 2>/dev/null | first_version; }

ensure_rust() {
    local wanted found
    wanted=$(rust_wanted)
    if found=$(rust_found) && at_least "$found" "$wanted"; then return 0; fi
    # Debian's plain rustc is years old; these are the ones its browsers are built with. They exclude the plain ones.
    ensure_packages rustc-web cargo-web rustfmt-web rust-web-clippy
    hash -r
    found=$(rust_found) || die "rustc does not start" "look at: rustc --version"
    at_least "$found" "$wanted" ||
        die "$(command -v rustc) is $found; core/ needs $wanted" "update it (rustup update), or take it off the PATH"
}
