# Prints what CHANGELOG.md has about a version: awk -v tag=v0.1.0 -f notes.awk CHANGELOG.md
/^## / { inside = $2 == substr(tag, 2); found = found || inside; next }
inside { print }
END {
	if (!found) {
		print "CHANGELOG.md has no section for " tag > "/dev/stderr"
		exit 1
	}
}
