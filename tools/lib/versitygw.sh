# The object store of the tests: S3 over a folder. Sourced; needs log.sh, go.sh, paths.sh.

versitygw_version=1.8.0

ensure_versitygw() { ensure_go_program versitygw github.com/versity/versitygw "$versitygw_version"; }
