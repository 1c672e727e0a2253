#!/bin/sh
# After the review: carries out the plan with the checksum $SESCTL_EXPECT, and only that.
# If the declaration or the account changed since, nothing is written (status 6).
# A plan that deletes more than 30 % of ten or more callbacks needs --force:
# SESCTL_FORCE=1 gives it.
set -eu
file=${SESCTL_FILE:-callbacks.yaml}
: "${SESCTL_EXPECT:?the checksum of the plan that was reviewed}"
force=
if [ "${SESCTL_FORCE:-}" = 1 ]; then force=--force; fi

sesctl callback apply -f "$file" ${SESCTL_PRUNE:+--prune} --expect "$SESCTL_EXPECT" $force --yes
