package ses

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/yamltext"
	"github.com/sesctl/sesctl/pkg/callback"
)

// tccliFile is a credential file of Tencent's CLI. After a login it has a type, a
// token and a time. After "tccli configure" it has only a key pair.
type tccliFile struct {
	Type       string          `json:"type"`
	SecretID   string          `json:"secretId"`
	SecretKey  string          `json:"secretKey"`
	Token      string          `json:"token"`
	ExpiresAt  json.Number     `json:"expiresAt"` // seconds since 1970
	RoleARN    string          `json:"role-arn"`
	UseCVMRole json.RawMessage `json:"use-cvm-role"`
}

// tccliProfile returns the profile of Tencent's CLI and what named it, or "" for
// the default profile.
func (o CredentialOptions) tccliProfile() (name, from string) {
	if o.Name != "" {
		return o.Name, "the profile of sesctl"
	}
	if name := o.Getenv(envProfile); name != "" {
		return name, envProfile
	}
	return "default", ""
}

func (o CredentialOptions) fromTCCLI() (found, error) {
	name, from := o.tccliProfile()
	if name != strings.Trim(name, ".") || strings.ContainsAny(name, `/\:`) {
		return found{}, failure.New(failure.Auth, "%s is not a valid profile name of Tencent's CLI", callback.Quote(callback.Mask(name)))
	}
	if o.Home == "" {
		if from != "" {
			return found{}, failure.New(failure.Auth, "no credentials: %s names %s, but there is no home folder to look for .tccli in", from, callback.Quote(name)).
				WithHint("set HOME")
		}
		return found{missing: "there is no home folder to look for .tccli in"}, nil
	}
	path := o.path(".tccli", name+".credential")
	data, there, err := readCredentialFile(path)
	if err != nil {
		return found{}, err
	}
	if !there {
		if from != "" {
			return found{}, o.missingProfile(name, from, path)
		}
		return found{missing: path + " does not exist"}, nil
	}
	if reason := yamltext.Encoding(data); reason != "" {
		return found{}, failure.New(failure.Auth, "%s: %s", path, reason)
	}
	var file tccliFile
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &file); err != nil {
		// The text of err may repeat a value.
		return found{}, failure.New(failure.Auth, "%s is not a credential file of Tencent's CLI: it is not valid JSON, or a field has the wrong type", path)
	}
	if repeatsKey(data) {
		return found{}, failure.New(failure.Auth, "%s: a key is repeated with another value", path)
	}
	return o.checkTCCLI(file, path, name)
}

// repeatsKey reports whether a JSON object has a key twice with different values: the
// id of one pair and the key of another are not a pair. Upper and lower case are alike,
// as for package json.
func repeatsKey(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return false
	}
	values := map[string]string{}
	for d.More() {
		token, err := d.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return false
		}
		name = strings.ToLower(name)
		if before, twice := values[name]; twice && before != string(value) {
			return true
		}
		values[name] = string(value)
	}
	return false
}

// missingProfile returns the error for a named profile of Tencent's CLI that does
// not exist. Its hint lists the existing profiles.
func (o CredentialOptions) missingProfile(name, from, path string) error {
	err := failure.New(failure.Auth, "no credentials: %s names %s, but %s does not exist", from, callback.Quote(name), path)
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.credential"))
	var names []string
	for _, file := range files {
		names = append(names, callback.Quote(strings.TrimSuffix(filepath.Base(file), ".credential")))
	}
	if len(names) > 0 {
		err = err.WithHint("the profiles of Tencent's CLI are: %s", strings.Join(names, ", "))
	}
	return err.WithHint("name another profile, or run: %s", failure.Command("tccli", "configure", "--profile", name))
}

func (o CredentialOptions) checkTCCLI(file tccliFile, path, name string) (found, error) {
	login := file.login(name)
	switch {
	case file.RoleARN != "":
		return found{}, unsupported(path, "it names a role to assume")
	case file.SecretID == "" && file.SecretKey == "" && isTrue(file.UseCVMRole):
		return found{}, unsupported(path, "it uses the role of the machine").WithHint("write 'source: cvm' under credentials in the profile")
	case file.SecretID == "" && file.SecretKey == "" && file.Type != "" && file.Type != "secret":
		return found{}, unsupported(path, fmt.Sprintf("it is of type %s and holds no key pair", callback.Quote(file.Type))).WithHint("run: %s", login)
	case file.SecretID == "" && file.SecretKey == "":
		return found{}, failure.New(failure.Auth, "%s holds no key pair", path).WithHint("run: %s", login)
	case file.SecretID == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secretId is missing", path)
	case file.SecretKey == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secretKey is missing", path)
	}
	if file.ExpiresAt != "" {
		seconds, err := file.ExpiresAt.Float64()
		if err != nil {
			return found{}, failure.New(failure.Auth, "%s: expiresAt is not a number of seconds", path)
		}
		if end := time.Unix(int64(seconds), 0); seconds > 0 && !o.Now().Before(end) {
			return found{}, expired(file, path, name, end)
		}
	}
	return complete(Credentials{SecretID: file.SecretID, SecretKey: file.SecretKey, Token: file.Token, Source: path, TokenFrom: "the same file"},
		partNames{"secretId in " + path, "secretKey in " + path, "token in " + path})
}

// login returns the command that creates a credential file of this type again.
func (f tccliFile) login(name string) string {
	words := []string{"tccli", "configure"}
	switch f.Type {
	case "oauth":
		words = []string{"tccli", "auth", "login"}
	case "sso":
		words = []string{"tccli", "sso", "login"}
	}
	return failure.Command(append(words, profileWords(name)...)...)
}

func profileWords(name string) []string {
	if name == "default" {
		return nil
	}
	return []string{"--profile", name}
}

// expired returns the error for expired credentials. Tencent's CLI renews the
// credentials of a login whenever it calls the service.
func expired(file tccliFile, path, name string, end time.Time) error {
	err := failure.New(failure.Auth, "%s: the credentials expired at %s", path, end.UTC().Format(time.RFC3339))
	if file.Type != "oauth" && file.Type != "sso" {
		return err.WithHint("run: %s", file.login(name))
	}
	call := append([]string{"tccli", "sts", "GetCallerIdentity"}, profileWords(name)...)
	return err.WithHint("any call of tccli renews the login, for example: %s", failure.Command(call...)).
		WithHint("if that fails, log in again: %s", file.login(name))
}

func unsupported(path, why string) *failure.Error {
	return failure.New(failure.Auth, "%s is of a type that sesctl does not support: %s", path, why)
}

func isTrue(value json.RawMessage) bool {
	return strings.Trim(string(value), `"`) == "true"
}

func (o CredentialOptions) fromFile() (found, error) {
	path, from := o.Getenv(envFile), envFile
	if path == "" {
		if o.Home == "" {
			return found{missing: "there is no home folder to look for .tencentcloud in"}, nil
		}
		path, from = o.path(".tencentcloud", "credentials"), ""
	}
	data, there, err := readCredentialFile(path)
	switch {
	case err != nil:
		return found{}, err
	case !there && from != "":
		return found{}, failure.New(failure.Auth, "no credentials: %s names %s, which does not exist", from, path).
			WithHint("unset %s to use ~/.tencentcloud/credentials, or name a file that exists", from)
	case !there:
		return found{missing: path + " does not exist"}, nil
	}
	name := "default"
	if o.Source == sourceFile {
		name = cmp.Or(o.Name, name)
	}
	section, err := readSection(data, path, name)
	if err != nil {
		return found{}, err
	}
	id, key := section["secret_id"], section["secret_key"]
	switch {
	case id == "" && key == "":
		return found{}, failure.New(failure.Auth, "%s holds no secret_id and secret_key in its section [%s]", path, name)
	case id == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secret_id is missing in its section [%s]", path, name)
	case key == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secret_key is missing in its section [%s]", path, name)
	}
	return complete(Credentials{SecretID: id, SecretKey: key, Token: section["secret_token"], Source: path, TokenFrom: "the same file"},
		partNames{"secret_id in " + path, "secret_key in " + path, "secret_token in " + path})
}

// readSection returns a section of a file in the format of Tencent's SDKs:
// [section], key = value, and comment lines that begin with # or ;.
func readSection(data []byte, path, wantedName string) (map[string]string, error) {
	if reason := yamltext.Encoding(data); reason != "" {
		return nil, failure.New(failure.Auth, "%s: %s", path, reason)
	}
	wanted := map[string]string{}
	section, number := "", 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			name, closed := strings.CutSuffix(line[1:], "]")
			if section = strings.TrimSpace(name); !closed || section == "" {
				return nil, failure.New(failure.Auth, "%s, line %d: a section is written as [name]", path, number)
			}
			continue
		}
		key, value, found := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !found || key == "" {
			return nil, failure.New(failure.Auth, "%s, line %d: neither a section nor key = value", path, number)
		}
		if section != wantedName {
			continue
		}
		value = strings.TrimSpace(value)
		if before, twice := wanted[key]; twice && before != value { // the id of one pair and the key of another are not a pair
			return nil, failure.New(failure.Auth, "%s, line %d: the section [%s] has this key twice", path, number, section)
		}
		wanted[key] = value
	}
	return wanted, nil
}
