#!/bin/sh
# After the review: does the plan with the checksum $SESCTL_EXPECT, and no other.
# If the declaration or the account changed since, nothing is written (status 6).
set -eu
file=${SESCTL_FILE:-callbacks.yaml}
: "${SESCTL_EXPECT:?the checksum of the plan that was reviewed}"

sesctl callback apply -f "$file" ${SESCTL_PRUNE:+--prune} --expect "$SESCTL_EXPECT" --yes
