package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// shellRoot fills a folder with what a package expects of a system: the data base of
// dpkg, and a shell for the scripts of packages.
func shellRoot(t *testing.T) string {
	t.Helper()
	root := rootFolder(t)
	asRoot(t, "mkdir", "-p", root+"/var/lib/dpkg/info", root+"/var/lib/dpkg/updates", root+"/bin", root+"/tmp")
	asRoot(t, "chmod", "1777", root+"/tmp")
	asRoot(t, "touch", root+"/var/lib/dpkg/status")
	asRoot(t, "cp", "--dereference", "/bin/sh", root+"/bin/sh")
	for word := range strings.FieldsSeq(run(t, "ldd", "/bin/sh")) {
		if strings.HasPrefix(word, "/") {
			asRoot(t, "mkdir", "-p", root+filepath.Dir(word))
			asRoot(t, "cp", "--dereference", word, root+word)
		}
	}
	return root
}

// TestDeb installs both packages by dpkg into a clean root, in which nothing else is but
// a shell. It runs the programs there as a user that is not root, reads a man page, uses
// the completion, and removes the packages.
func TestDeb(t *testing.T) {
	t.Parallel()
	platform := here(t)
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("dpkg is not installed")
	}
	root := shellRoot(t)
	for _, program := range programs() {
		asRoot(t, "dpkg", "--root="+root, "--install", one(t, program+"_", "_"+platform+".deb"))
		out := asRoot(t, "chroot", "--userspec=65534:65534", root, "/usr/bin/"+program, "version")
		if !strings.HasPrefix(out, program+" ") {
			t.Errorf("the version of %s is %q", program, out)
		}
		for _, path := range []string{
			"bash-completion/completions/" + program, "zsh/vendor-completions/_" + program, "fish/vendor_completions.d/" + program + ".fish",
			"doc/" + program + "/copyright", "doc/" + program + "/THIRD-PARTY-LICENSES.txt", "man/man1/" + program + ".1.gz",
		} {
			if info, err := os.Stat(filepath.Join(root, "usr/share", path)); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o644 {
				t.Errorf("%s: %v %v", path, info, err)
			}
		}
		page := run(t, "gzip", "-dc", filepath.Join(root, "usr/share/man/man1", program+".1.gz"))
		if _, err := exec.LookPath("man"); err == nil {
			page = run(t, "man", "--local-file", filepath.Join(root, "usr/share/man/man1", program+".1.gz"))
		}
		if !strings.Contains(page, program) || !strings.Contains(page, "NAME") {
			t.Errorf("the man page of %s is %q", program, page)
		}
		completed(t, root, program, "ver", "version")
	}
	unit := filepath.Join(root, "usr/lib/systemd/system/sesctl-relay.service")
	if text, err := os.ReadFile(unit); err != nil || !strings.Contains(string(text), "\nExecStart=/usr/bin/sesctl-relay ") {
		t.Errorf("the unit: %v", err)
	}
	asRoot(t, "dpkg", "--root="+root, "--remove", "sesctl", "sesctl-relay")
	if _, err := os.Stat(unit); !os.IsNotExist(err) {
		t.Errorf("after the removal, the unit: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "etc/sesctl-relay/relay.yaml")); err != nil {
		t.Errorf("the removal did not keep the configuration: %v", err)
	}
}

// completed checks what bash completes after the program and the beginning of a word,
// by the completion file that is installed below root. The function that bash-completion
// would bring is given in its simplest form.
func completed(t *testing.T, root, program, word, want string) {
	t.Helper()
	script := `
_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
compopt() { :; }
PATH="$1/usr/bin:$PATH"
. "$1/usr/share/bash-completion/completions/$2"
COMP_WORDS=("$2" "$3") COMP_CWORD=1 COMP_LINE="$2 $3" COMP_POINT=${#COMP_LINE} COMP_TYPE=9
"__start_$2"
printf '%s\n' "${COMPREPLY[@]}"
`
	out := run(t, "bash", "-c", script, "completion", root, program, word)
	if strings.TrimSpace(out) != want {
		t.Errorf("%s %s completes to %q, want %s", program, word, out, want)
	}
}
