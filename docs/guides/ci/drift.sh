#!/bin/sh
# On a schedule: fails with status 3 if the account differs from the declaration,
# for example after a change by hand, or if the account has a callback that the
# declaration does not name. The report names each callback that differs.
set -eu
file=${SESCTL_FILE:-callbacks.yaml}
reports=${SESCTL_REPORTS:-reports}
mkdir -p "$reports"

sesctl callback plan -f "$file" ${SESCTL_PRUNE:+--prune} --unmanaged fail --exit-code --report "junit=$reports/drift.xml"
