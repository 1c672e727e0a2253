package ses

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

const (
	tccliPath = ".tccli/default.credential"
	filePath  = ".tencentcloud/credentials"
)

func now() time.Time { return time.Unix(1_700_000_000, 0) }

// home creates a home folder with the given files.
func home(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	goodTCCLI = `{"secretId":"tccli-id","secretKey":"tccli-key"}`
	goodFile  = "# a comment\n; another\n[other]\nsecret_id = no\n[default]\r\nsecret_id = file-id\nsecret_key=file-key=\nsecret_token = file-token\n"
)

func TestFindCredentials(t *testing.T) {
	t.Parallel()
	all := map[string]string{tccliPath: goodTCCLI, filePath: goodFile}
	for name, test := range map[string]struct {
		env    map[string]string
		files  map[string]string
		source string
		tccli  string
		want   string // id, key and token
		from   string
	}{
		"environment": {map[string]string{envSecretID: "id", envSecretKey: "key"}, all, "", "", "id key ", envSecretID},
		"with token":  {map[string]string{envSecretID: "id", envSecretKey: "key", envToken: "token"}, all, "", "", "id key token", envSecretID},
		"tccli":       {nil, all, "", "", "tccli-id tccli-key ", "default.credential"},
		"file":        {nil, map[string]string{filePath: goodFile}, "", "", "file-id file-key= file-token", "credentials"},
		"asked for the file": {map[string]string{envSecretID: "id", envSecretKey: "key"}, all, sourceFile, "",
			"file-id file-key= file-token", "credentials"},
		"asked for a section": {nil, map[string]string{filePath: goodFile + "[work]\nsecret_id=i\nsecret_key=k"}, sourceFile, "work", "i k ", "credentials"},
		"asked for tccli":     {map[string]string{envSecretID: "id", envSecretKey: "key"}, all, sourceTCCLI, "", "tccli-id tccli-key ", "default.credential"},
		"asked for env":       {map[string]string{envSecretID: "id", envSecretKey: "key"}, nil, sourceEnv, "", "id key ", envSecretID},
		"tccli profile":       {nil, map[string]string{".tccli/work.credential": goodTCCLI}, "", "work", "tccli-id tccli-key ", "work.credential"},
		"TCCLI_PROFILE": {map[string]string{envProfile: "work"}, map[string]string{".tccli/work.credential": goodTCCLI, filePath: goodFile}, "", "",
			"tccli-id tccli-key ", "work.credential"},
		"token by Terraform's name": {map[string]string{envSecretID: "id", envSecretKey: "key", envSecurityToken: "t2"}, all, "", "", "id key t2", envSecretID},
		"token by both names":       {map[string]string{envSecretID: "id", envSecretKey: "key", envToken: "t1", envSecurityToken: "t2"}, nil, "", "", "id key t1", envSecretID},
		"environment first":         {map[string]string{envSecretID: "id", envSecretKey: "key", envProfile: "nothing"}, all, "", "", "id key ", envSecretID},
		"login": {nil, map[string]string{tccliPath: `{"type":"oauth","secretId":"i","secretKey":"k","token":"t","expiresAt":1700000001,"oauth":{"openId":"x"}}`},
			"", "", "i k t", "default.credential"},
		"no end":        {nil, map[string]string{tccliPath: `{"type":"secret","secretId":"i","secretKey":"k","expiresAt":0}`}, "", "", "i k ", ""},
		"null":          {nil, map[string]string{tccliPath: `{"secretId":"i","secretKey":"k","token":null,"expiresAt":null,"role-arn":null}`}, "", "", "i k ", ""},
		"with BOM":      {nil, map[string]string{tccliPath: "\ufeff" + goodTCCLI}, "", "", "tccli-id tccli-key ", ""},
		"file with BOM": {nil, map[string]string{filePath: "\ufeff[default]\nsecret_id=i\nsecret_key=k"}, "", "", "i k ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := FindCredentials(t.Context(), CredentialOptions{
				Getenv: env(test.env), Home: home(t, test.files), Source: test.source, Name: test.tccli, Now: now,
			})
			if err != nil {
				t.Fatal(err)
			}
			if all := got.SecretID + " " + got.SecretKey + " " + got.Token; all != test.want || !strings.Contains(got.Source, test.from) {
				t.Errorf("found %q from %s", all, got.Source)
			}
		})
	}
}

func TestCredentialsFile(t *testing.T) {
	t.Parallel()
	dir := home(t, map[string]string{"elsewhere": goodFile})
	path := filepath.Join(dir, "elsewhere")
	got, err := FindCredentials(t.Context(), CredentialOptions{Getenv: env(map[string]string{envFile: path}), Home: t.TempDir()})
	if err != nil || got.SecretID != "file-id" || got.Source != path {
		t.Errorf("found %v, %v", got, err)
	}
	_, err = FindCredentials(t.Context(), CredentialOptions{Getenv: env(map[string]string{envFile: path + "-none"})})
	checkError(t, err, failure.Auth, envFile, "which does not exist")
}

// TestBadCredentials checks that the search stops at the first source that exists
// but cannot be used, and that the error names it.
func TestBadCredentials(t *testing.T) {
	t.Parallel()
	tccli := func(content string) map[string]string {
		return map[string]string{tccliPath: content, filePath: goodFile}
	}
	file := func(content string) map[string]string { return map[string]string{filePath: content} }
	for name, test := range map[string]struct {
		env    map[string]string
		files  map[string]string
		source string
		tccli  string
		texts  []string
	}{
		"none": {nil, nil, "", "", []string{"no credentials", envSecretID, "default.credential", filepath.FromSlash(filePath), "tccli configure", "--local"}},
		"half: no key": {map[string]string{envSecretID: leak}, tccli(goodTCCLI), "", "",
			[]string{"half of a key pair", envSecretID + " is set, but " + envSecretKey + " is not"}},
		"half: no id":   {map[string]string{envSecretKey: leak}, nil, "", "", []string{envSecretKey + " is set, but " + envSecretID + " is not"}},
		"a line end":    {map[string]string{envSecretID: "id", envSecretKey: leak + "\r"}, nil, "", "", []string{envSecretKey, "a line end", "Windows"}},
		"quotes":        {map[string]string{envSecretID: `"` + leak + `"`, envSecretKey: "key"}, nil, "", "", []string{envSecretID, "a quotation mark", "--env-file"}},
		"single quotes": {map[string]string{envSecretID: "id", envSecretKey: "'" + leak + "'"}, nil, "", "", []string{envSecretKey, "a quotation mark"}},
		"quoted token": {map[string]string{envSecretID: "id", envSecretKey: "key", envSecurityToken: `"` + leak + `"`}, nil, "", "",
			[]string{envSecurityToken, "a quotation mark"}},
		"white space":      {map[string]string{envSecretID: " " + leak, envSecretKey: "key"}, nil, "", "", []string{envSecretID, "white space"}},
		"a control sign":   {map[string]string{envSecretID: "\x00" + leak, envSecretKey: "key"}, nil, "", "", []string{envSecretID, "a control character"}},
		"a typed quote":    {map[string]string{envSecretID: "“" + leak, envSecretKey: "key"}, nil, "", "", []string{envSecretID, "outside ASCII"}},
		"quotes in a file": {nil, file("[default]\nsecret_id = \"" + leak + "\"\nsecret_key = k"), "", "", []string{"secret_id in", "credentials", "a quotation mark"}},
		"quotes of tccli":  {nil, tccli(`{"secretId":"i","secretKey":"'` + leak + `'"}`), "", "", []string{"secretKey in", "default.credential"}},
		"TCCLI_PROFILE of nothing": {map[string]string{envProfile: "Prod"}, map[string]string{".tccli/work.credential": goodTCCLI, filePath: goodFile}, "", "",
			[]string{`TCCLI_PROFILE names "Prod"`, "Prod.credential does not exist", `the profiles of Tencent's CLI are: "work"`, "tccli configure --profile Prod"}},
		"a file before the default profile": {map[string]string{envFile: filepath.FromSlash("/no/such/file")}, tccli(goodTCCLI), "", "",
			[]string{envFile, "which does not exist"}},
		"asked for env":   {nil, tccli(goodTCCLI), sourceEnv, "", []string{"no credentials", envSecretID}},
		"asked for tccli": {nil, file(goodFile), sourceTCCLI, "", []string{"no credentials", "default.credential"}},
		"asked for file":  {nil, map[string]string{tccliPath: goodTCCLI}, sourceFile, "", []string{"no credentials", filepath.FromSlash(filePath)}},

		"tccli cut":        {nil, tccli(`{"secretId":"` + leak), "", "", []string{"default.credential", "not valid JSON"}},
		"tccli empty":      {nil, tccli(""), "", "", []string{"default.credential", "not valid JSON"}},
		"tccli of numbers": {nil, tccli(`{"secretId":1}`), "", "", []string{"default.credential", "wrong type"}},
		"tccli no key":     {nil, tccli(`{"secretId":"` + leak + `"}`), "", "", []string{"default.credential", "secretKey is missing"}},
		"tccli no id":      {nil, tccli(`{"secretKey":"` + leak + `"}`), "", "", []string{"default.credential", "secretId is missing"}},
		"tccli nothing":    {nil, tccli(`{}`), "", "", []string{"default.credential", "no key pair", "tccli configure"}},
		"tccli expired": {nil, tccli(`{"type":"oauth","secretId":"` + leak + `","secretKey":"k","expiresAt":1700000000}`), "", "",
			[]string{"default.credential: the credentials expired at 2023-11-14T22:13:20Z", "any call of tccli renews the login", "tccli sts GetCallerIdentity", "tccli auth login"}},
		"tccli sso expired":  {nil, tccli(`{"type":"sso","secretId":"i","secretKey":"k","expiresAt":"1.5"}`), "", "", []string{"expired", "any call of tccli", "tccli sso login"}},
		"tccli keys expired": {nil, tccli(`{"secretId":"i","secretKey":"k","expiresAt":1}`), "", "", []string{"expired", "tccli configure"}},
		"tccli profile expired": {nil, map[string]string{".tccli/work.credential": `{"type":"oauth","secretId":"i","secretKey":"k","expiresAt":1}`}, "", "work",
			[]string{"expired", "tccli sts GetCallerIdentity --profile work", "tccli auth login --profile work"}},
		"tccli odd end":   {nil, tccli(`{"secretId":"i","secretKey":"k","expiresAt":"soon"}`), "", "", []string{"default.credential"}},
		"tccli sso":       {nil, tccli(`{"type":"sso","sso":{"x":"` + leak + `"}}`), "", "", []string{"does not support", `"sso"`, "tccli sso login"}},
		"tccli role":      {nil, tccli(`{"secretId":"i","secretKey":"k","role-arn":"qcs::` + leak + `"}`), "", "", []string{"does not support", "role"}},
		"tccli machine":   {nil, tccli(`{"use-cvm-role":true}`), "", "", []string{"does not support", "source: cvm"}},
		"tccli not named": {nil, file(goodFile), "", "work", []string{"the profile of sesctl names", "work.credential does not exist"}},
		"tccli name":      {nil, nil, "", "../x", []string{`"../x" is not a valid profile name`}},
		"tccli dots":      {map[string]string{envProfile: ".."}, nil, "", "", []string{"is not a valid profile name"}},

		"file no section":    {nil, file("secret_id=i\nsecret_key=k"), "", "", []string{"credentials", "[default]"}},
		"file other section": {nil, file(goodFile), sourceFile, "work", []string{"credentials", "section [work]"}},
		"file no key":        {nil, file("[default]\nsecret_id=" + leak), "", "", []string{"secret_key is missing"}},
		"file no id":         {nil, file("[default]\nsecret_key=" + leak), "", "", []string{"secret_id is missing"}},
		"file broken":        {nil, file("[default]\nsecret_id=i\n" + leak), "", "", []string{"line 3", "key = value"}},
		"file bracket":       {nil, file("\n[default\nsecret_id=i"), "", "", []string{"line 2", "[name]"}},
		"file no name":       {nil, file("[ ]"), "", "", []string{"line 1"}},
		"file twice":         {nil, file("[default]\nsecret_id=i\nsecret_key=k\n[default]\nsecret_key=" + leak), "", "", []string{"line 5: the section [default] has this key twice"}},
		"tccli twice":        {nil, tccli(`{"secretId":"i","secretKey":"k","SecretKey":"` + leak + `"}`), "", "", []string{"default.credential: a key is repeated with another value"}},
		"file UTF-16":        {nil, file("\xff\xfe[\x00d\x00"), "", "", []string{"credentials: the file is UTF-16, not UTF-8; save the file as UTF-8"}},
		"tccli UTF-16":       {nil, tccli("{\x00\"\x00a\x00"), "", "", []string{"default.credential: the file is UTF-16, not UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := FindCredentials(t.Context(), CredentialOptions{
				Getenv: env(test.env), Home: home(t, test.files), Source: test.source, Name: test.tccli, Now: now,
			})
			checkError(t, err, failure.Auth, test.texts...)
		})
	}
}

func TestUnreadableCredentials(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("every file is readable here")
	}
	dir := home(t, map[string]string{tccliPath: goodTCCLI, filePath: goodFile})
	path := filepath.Join(dir, filepath.FromSlash(tccliPath))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := FindCredentials(t.Context(), CredentialOptions{Home: dir})
	checkError(t, err, failure.Failure, path, "permission denied")
}

// TestOddCredentials meets files that are not read at all.
func TestOddCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a folder":     {map[string]string{tccliPath + "/x": ""}, "default.credential is not a regular file"},
		"another":      {map[string]string{filePath + "/x": ""}, "credentials is not a regular file"},
		"a large file": {map[string]string{tccliPath: strings.Repeat(" ", maxCredentialFile+1)}, "has more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := FindCredentials(t.Context(), CredentialOptions{Home: home(t, test.files)})
			checkError(t, err, failure.Failure, test.want)
		})
	}
}

func TestNoHome(t *testing.T) {
	t.Parallel()
	_, err := FindCredentials(t.Context(), CredentialOptions{})
	checkError(t, err, failure.Auth, "no credentials", "no home folder")
	_, err = FindCredentials(t.Context(), CredentialOptions{Getenv: env(map[string]string{envProfile: "work"})})
	checkError(t, err, failure.Auth, `TCCLI_PROFILE names "work"`, "no home folder", "set HOME")
	_, err = FindCredentials(t.Context(), CredentialOptions{Source: "keyring"})
	checkError(t, err, failure.Usage, "keyring", "oidc")
}

// TestDanglingLink checks that a link to a missing file is an error: somebody made
// the link in order to use these credentials.
func TestDanglingLink(t *testing.T) {
	t.Parallel()
	dir := home(t, map[string]string{filePath: goodFile, ".tccli/x": ""})
	path := filepath.Join(dir, filepath.FromSlash(tccliPath))
	if err := os.Symlink(filepath.Join(dir, "gone"), path); err != nil {
		t.Skip(err)
	}
	_, err := FindCredentials(t.Context(), CredentialOptions{Home: dir})
	checkError(t, err, failure.Failure, path, "a link to a file that is missing")
}

func TestCredentialsDescribe(t *testing.T) {
	t.Parallel()
	for want, variables := range map[string]map[string]string{
		"; no session token":                              {envSecretID: "i", envSecretKey: "k"},
		"; with a session token from " + envToken:         {envSecretID: "i", envSecretKey: "k", envToken: leak},
		"; with a session token from " + envSecurityToken: {envSecretID: "i", envSecretKey: "k", envSecurityToken: leak},
	} {
		c, err := FindCredentials(t.Context(), CredentialOptions{Getenv: env(variables)})
		if got := c.Describe(); err != nil || got != "the environment ("+envSecretID+")"+want {
			t.Errorf("described as %q, %v", got, err)
		}
	}
	if got := (Credentials{Token: leak, Source: "a role"}).Describe(); got != "a role; with a session token" {
		t.Errorf("described as %q", got)
	}
}

func TestCredentialsPrintNoSecret(t *testing.T) {
	t.Parallel()
	c := Credentials{SecretID: leak, SecretKey: leak, Token: leak, Source: "a test"}
	var text strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&text, verb+" ", c)
		fmt.Fprintf(&text, verb+" ", &c)
		fmt.Fprintf(&text, verb+" ", []Credentials{c})
	}
	slog.New(slog.NewTextHandler(&text, nil)).Info("log", "credentials", c)
	slog.New(slog.NewJSONHandler(&text, nil)).Info("log", "credentials", &c)
	encoded, err := json.Marshal(c)
	if err != nil || strings.Contains(text.String()+string(encoded), leak) {
		t.Errorf("printed %s, %s; %v", text.String(), encoded, err)
	}
}
