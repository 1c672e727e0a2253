package ses

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/failure"
)

// choice is a way to choose credentials, with the file that is then meant.
type choice struct {
	env    map[string]string
	source string
	name   string
	path   string // below the home folder
}

// choices are the ways to choose a file of credentials. "HOME" in a variable is the home
// folder.
func choices() map[string]choice {
	const work, elsewhere = ".tccli/work.credential", "elsewhere"
	return map[string]choice{
		"a variable names a tccli profile":      {env: map[string]string{envProfile: "work"}, path: work},
		"sesctl's profile names a tccli one":    {name: "work", path: work},
		"source tccli with a name":              {source: sourceTCCLI, name: "work", path: work},
		"source tccli with a variable":          {source: sourceTCCLI, env: map[string]string{envProfile: "work"}, path: work},
		"source tccli alone":                    {source: sourceTCCLI, path: tccliPath},
		"a name before a variable":              {name: "work", env: map[string]string{envProfile: "other"}, path: work},
		"a name before a file":                  {name: "work", env: map[string]string{envFile: "HOME/third"}, path: work},
		"a variable names a file":               {env: map[string]string{envFile: "HOME/" + elsewhere}, path: elsewhere},
		"source file with a variable":           {source: sourceFile, env: map[string]string{envFile: "HOME/" + elsewhere}, path: elsewhere},
		"source file with a section":            {source: sourceFile, name: "work", path: filePath},
		"source file alone":                     {source: sourceFile, path: filePath},
		"source file in spite of the variables": {source: sourceFile, env: map[string]string{envSecretID: "env-id", envSecretKey: "env-key"}, path: filePath},
	}
}

// isJSON reports whether the chosen file has the form of Tencent's CLI.
func (c choice) isJSON() bool { return strings.HasSuffix(c.path, ".credential") }

// content returns a file with an id, a key and a token, in the form of the chosen file.
func (c choice) content(id, key, token string) string {
	if c.isJSON() {
		return `{"secretId":"` + id + `","secretKey":"` + key + `","token":"` + token + `"}`
	}
	section := "default"
	if c.source == sourceFile && c.name != "" {
		section = c.name
	}
	return "[other]\nsecret_id = other-id\nsecret_key = other-key\n[" + section + "]\nsecret_id = " + id + "\nsecret_key = " + key + "\nsecret_token = " + token + "\n"
}

// find looks for credentials in a home folder where every other source has a good pair.
// Prepare makes the chosen file.
func (c choice) find(t *testing.T, prepare func(path string) error) (Credentials, error) {
	t.Helper()
	const otherFile = "[default]\nsecret_id = wrong-id\nsecret_key = wrong-key\n[work]\nsecret_id = wrong-id\nsecret_key = wrong-key\n"
	dir := home(t, map[string]string{
		tccliPath: `{"secretId":"wrong-id","secretKey":"wrong-key"}`, ".tccli/other.credential": `{"secretId":"wrong-id","secretKey":"wrong-key"}`,
		filePath: otherFile, "third": otherFile,
	})
	path := filepath.Join(dir, filepath.FromSlash(c.path))
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := prepare(path); err != nil {
		t.Skip(err)
	}
	variables := map[string]string{}
	for name, value := range c.env {
		variables[name] = strings.Replace(value, "HOME", dir, 1)
	}
	return FindCredentials(t.Context(), CredentialOptions{Getenv: env(variables), Home: dir, Source: c.source, Name: c.name, Now: now})
}

// TestChosenCredentials puts good credentials into the chosen file.
func TestChosenCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range choices() {
		plain := c.content("chosen-id", "chosen-key", "chosen-token")
		variants := map[string]string{"": plain, " with a BOM": "\ufeff" + plain, " with blank lines": "\n\n" + plain + "\n\n"}
		variants[" with Windows line ends"] = strings.ReplaceAll(plain, "\n", "\r\n")
		if !c.isJSON() {
			variants[" with indentation"] = strings.ReplaceAll(plain, "secret", "\t secret")
			variants[" with comments"] = strings.ReplaceAll(plain, "secret", "# a comment\n; another\nsecret")
		}
		for variant, content := range variants {
			t.Run(name+variant, func(t *testing.T) {
				t.Parallel()
				got, err := c.find(t, func(path string) error { return os.WriteFile(path, []byte(content), 0o600) })
				if err != nil || got.SecretID+got.SecretKey+got.Token != "chosen-idchosen-keychosen-token" || !strings.Contains(got.Source, filepath.Base(c.path)) {
					t.Errorf("found %s %s %s from %s, %v", got.SecretID, got.SecretKey, got.Token, got.Source, err)
				}
			})
		}
	}
}

// TestChosenCredentialsNeverFallThrough makes the chosen file unusable in every way,
// while all other sources are good. The keys of another account must not be used.
func TestChosenCredentialsNeverFallThrough(t *testing.T) {
	t.Parallel()
	for name, c := range choices() {
		text := func(content string) func(string) error {
			return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
		}
		for fault, test := range map[string]struct {
			prepare func(string) error
			kind    failure.Kind
		}{
			"absent":          {func(string) error { return nil }, failure.Auth},
			"empty":           {text(""), failure.Auth},
			"no id":           {text(c.content("", leak, "")), failure.Auth},
			"no key":          {text(c.content(leak, "", "")), failure.Auth},
			"neither":         {text(c.content("", "", leak)), failure.Auth},
			"a quoted id":     {text(c.content("'"+leak+"'", "key", "")), failure.Auth},
			"a typed quote":   {text(c.content("id", "“"+leak+"”", "")), failure.Auth},
			"a space inside":  {text(c.content("id", leak+" key", "")), failure.Auth},
			"a quoted token":  {text(c.content("id", "key", "'"+leak+"'")), failure.Auth},
			"cut":             {text(strings.TrimRight(c.content(leak, "key", ""), "\n}")[:20] + "\n[" + leak), failure.Auth},
			"UTF-16":          {text("\xff\xfe" + strings.Join(strings.Split(c.content(leak, "key", ""), ""), "\x00")), failure.Auth},
			"a folder":        {func(path string) error { return os.MkdirAll(path, 0o700) }, failure.Failure},
			"a large file":    {text(strings.Repeat("#\n", maxCredentialFile)), failure.Failure},
			"a dangling link": {func(path string) error { return os.Symlink(path+".gone", path) }, failure.Failure},
			"a loop of links": {func(path string) error { return os.Symlink(path, path) }, failure.Failure},
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				t.Parallel()
				got, err := c.find(t, test.prepare)
				if err == nil {
					t.Fatalf("it used %s", got.Source)
				}
				if runtime.GOOS == "windows" && failure.KindOf(err) != test.kind {
					t.Skip("links differ there")
				}
				checkError(t, err, test.kind, filepath.Base(c.path))
			})
		}
	}
}

// TestOtherSections checks that a section is found by its exact name, and that a pair is
// never put together from two of them.
func TestOtherSections(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, section, want string }{
		"another case":       {"[Work]\nsecret_id=i\nsecret_key=k", "work", "section [work]"},
		"blanks in brackets": {"[ work ]\nsecret_id=i\nsecret_key=k", "work", ""},
		"a key twice":        {"[work]\nsecret_id=i\nsecret_id=j\nsecret_key=k", "work", "line 3: the section [work] has this key twice"},
		"a section twice":    {"[work]\nsecret_id=i\n[other]\n[work]\nsecret_id=j\nsecret_key=k", "work", "line 5: the section [work] has this key twice"},
		"halves of two":      {"[work]\nsecret_id=i\n[other]\nsecret_key=k", "work", "secret_key is missing"},
		"a key in capitals":  {"[work]\nSECRET_ID=i\nSECRET_KEY=k", "work", "section [work]"},
		"a comment behind":   {"[work]\nsecret_id=i # mine\nsecret_key=k", "work", "white space"},
	} {
		got, err := FindCredentials(t.Context(), CredentialOptions{Home: home(t, map[string]string{filePath: test.content}), Source: sourceFile, Name: test.section})
		if test.want == "" {
			if err != nil || got.SecretID+got.SecretKey != "ik" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		checkError(t, err, failure.Auth, test.want)
	}
}

// TestVariablesOfCredentials sets the variables in every way, while the files are good.
// Variables that are set are a choice too; empty ones are not.
func TestVariablesOfCredentials(t *testing.T) {
	t.Parallel()
	const id, key, token, second = envSecretID, envSecretKey, envToken, envSecurityToken
	for name, test := range map[string]struct {
		env        map[string]string
		want, from string // the credentials, or text of the error
	}{
		"none":                    {nil, "tccli-id tccli-key ", ""},
		"empty ones":              {map[string]string{id: "", key: "", token: ""}, "tccli-id tccli-key ", ""},
		"empty names":             {map[string]string{envProfile: "", envFile: ""}, "tccli-id tccli-key ", ""},
		"a token alone":           {map[string]string{token: "t"}, "tccli-id tccli-key ", ""},
		"a pair":                  {map[string]string{id: "i", key: "k"}, "i k ", ""},
		"a pair and a token":      {map[string]string{id: "i", key: "k", token: "t"}, "i k t", token},
		"the other token":         {map[string]string{id: "i", key: "k", second: "u"}, "i k u", second},
		"both tokens":             {map[string]string{id: "i", key: "k", token: "t", second: "u"}, "i k t", token},
		"an empty first token":    {map[string]string{id: "i", key: "k", token: "", second: "u"}, "i k u", second},
		"a pair before a profile": {map[string]string{id: "i", key: "k", envProfile: "gone"}, "i k ", ""},
		"a pair before a file":    {map[string]string{id: "i", key: "k", envFile: "gone"}, "i k ", ""},
		"an id":                   {map[string]string{id: leak}, "", key + " is not"},
		"an id and an empty key":  {map[string]string{id: leak, key: ""}, "", key + " is not"},
		"a key":                   {map[string]string{key: leak}, "", id + " is not"},
		"a blank id":              {map[string]string{id: " ", key: leak}, "", id + ": it holds white space"},
		"a blank key":             {map[string]string{id: leak, key: "\t"}, "", key + ": it holds white space"},
		"a quoted empty id":       {map[string]string{id: `""`, key: leak}, "", id + ": it holds a quotation mark"},
		"a key with a line end":   {map[string]string{id: leak, key: leak + "\r\n"}, "", key + ": it holds a line end"},
		"an id with a BOM":        {map[string]string{id: "\ufeff" + leak, key: leak}, "", id + ": it holds a character outside ASCII"},
		"an id of another script": {map[string]string{id: leak + "Ａ", key: leak}, "", id + ": it holds a character outside ASCII"},
		"a bad token":             {map[string]string{id: leak, key: leak, token: leak + " "}, "", token + ": it holds white space"},
		"a profile with a path":   {map[string]string{envProfile: "../work"}, "", "is not a valid profile name"},
		"a blank profile":         {map[string]string{envProfile: " "}, "", `TCCLI_PROFILE names " "`},
		"a profile in capitals":   {map[string]string{envProfile: "DEFAULT"}, "", "DEFAULT.credential does not exist"},
		"a URL as a profile":      {map[string]string{envProfile: "https://h/?t=" + leak}, "", "is not a valid profile name"},
		"a blank file":            {map[string]string{envFile: " "}, "", "names  , which does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := FindCredentials(t.Context(), CredentialOptions{Getenv: env(test.env), Now: now,
				Home: home(t, map[string]string{tccliPath: goodTCCLI, filePath: goodFile})})
			if test.want == "" {
				checkError(t, err, failure.Auth, test.from)
				return
			}
			if all := got.SecretID + " " + got.SecretKey + " " + got.Token; err != nil || all != test.want || test.from != "" && got.TokenFrom != test.from {
				t.Errorf("found %q from %s, token from %s, %v", all, got.Source, got.TokenFrom, err)
			}
		})
	}
}
