# The Temporal command line with its development server. Sourced; needs log.sh, go.sh, paths.sh.

# Not every release can be built from its module alone: 1.9.1 cannot.
temporal_version=1.5.1

ensure_temporal() {
    ensure_go_program temporal github.com/temporalio/cli "$temporal_version" \
        "-X github.com/temporalio/cli/temporalcli.Version=$temporal_version"
}
