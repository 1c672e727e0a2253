#!/bin/sh
# For review: checks the declaration and plans it. Writes into $SESCTL_REPORTS
#   plan.md       for a comment or a summary
#   checksum.txt  for apply.sh, which carries out exactly this plan
#   rules.xml, plan.xml, plan.sarif  for the test and code views of the CI server
set -eu
file=${SESCTL_FILE:-callbacks.yaml}
reports=${SESCTL_REPORTS:-reports}
mkdir -p "$reports"

sesctl callback validate -f "$file" --report "junit=$reports/rules.xml"
sesctl callback plan -f "$file" ${SESCTL_PRUNE:+--prune} -o markdown \
	--report "junit=$reports/plan.xml" --report "sarif=$reports/plan.sarif" >"$reports/plan.md"
sed -n 's/.* --expect \(sha256:[0-9a-f]*\).*/\1/p' "$reports/plan.md" >"$reports/checksum.txt"
cat "$reports/plan.md"
