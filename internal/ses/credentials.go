package ses

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// Credentials is a key pair. A temporary key pair also has a token. It prints as
// its source, without any secret.
type Credentials struct {
	SecretID  string `json:"-"`
	SecretKey string `json:"-"`
	Token     string `json:"-"`
	Source    string // in words
	TokenFrom string // the variable, key or role that the token comes from, or ""
}

// Describe returns the source of the key pair, and whether a session token is sent
// with it. It holds no secret.
func (c Credentials) Describe() string {
	switch {
	case c.Token == "":
		return c.Source + "; no session token"
	case c.TokenFrom == "":
		return c.Source + "; with a session token"
	}
	return c.Source + "; with a session token from " + c.TokenFrom
}

// String holds no secret.
func (c Credentials) String() string { return "credentials from " + c.Source }

// GoString holds no secret.
func (c Credentials) GoString() string { return "ses.Credentials{" + c.Source + "}" }

// LogValue holds no secret.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// The sources that a profile can select.
const (
	sourceUsual = ""
	sourceEnv   = "env"
	sourceTCCLI = "tccli"
	sourceFile  = "file"
	sourceCVM   = "cvm"
	sourceOIDC  = "oidc"
)

// The variables that hold credentials, with the names that Tencent's tools use.
// The token has two names: one is used by the command-line tool, the other by the
// Terraform provider.
const (
	envSecretID      = "TENCENTCLOUD_SECRET_ID"
	envSecretKey     = "TENCENTCLOUD_SECRET_KEY"
	envToken         = "TENCENTCLOUD_TOKEN"
	envSecurityToken = "TENCENTCLOUD_SECURITY_TOKEN"
	envFile          = "TENCENTCLOUD_CREDENTIALS_FILE"
	envProfile       = "TCCLI_PROFILE"
)

// CredentialOptions selects where to look for credentials.
type CredentialOptions struct {
	Getenv func(string) string
	Home   string // the user's home folder
	// Source is "" for the usual order, or env, tccli, file, cvm or oidc.
	Source string
	// Name is the profile of Tencent's CLI; "" means TCCLI_PROFILE, or default.
	// For source file it is the section of the file; "" means default.
	Name string
	Role string // of the CVM; "" asks the machine for it
	Now  func() time.Time
}

// FindCredentials returns the first complete credentials. It looks in the
// environment, in Tencent's CLI (~/.tccli/NAME.credential), and in
// ~/.tencentcloud/credentials (TENCENTCLOUD_CREDENTIALS_FILE names another file).
// If o.Source is set, it looks only at that source.
//
// Only an unnamed default may be missing. If o.Name or a variable names a profile
// or a file, it comes before the defaults, and it is an error if it is missing:
// the next source can hold the keys of another account. Other errors are half a
// key pair, a file that cannot be understood, and expired credentials. These errors
// have kind auth; a file that cannot be read is a failure. All errors name the
// source, never a value.
func FindCredentials(ctx context.Context, o CredentialOptions) (Credentials, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	switch o.Source {
	case sourceUsual:
		return o.usual()
	case sourceEnv:
		return require(o.fromEnv())
	case sourceTCCLI:
		return require(o.fromTCCLI())
	case sourceFile:
		return require(o.fromFile())
	case sourceCVM:
		return fromCVM(ctx, o.Role)
	case sourceOIDC:
		return fromOIDC(ctx)
	}
	return Credentials{}, failure.New(failure.Usage, "unknown source of credentials %q; use env, tccli, file, cvm or oidc", o.Source)
}

// found is the result of one source. If the source has nothing, missing names what
// does not exist.
type found struct {
	credentials Credentials
	missing     string
}

func require(f found, err error) (Credentials, error) {
	if err == nil && f.missing != "" {
		err = failure.New(failure.Auth, "no credentials: %s", f.missing)
	}
	return f.credentials, err
}

func (o CredentialOptions) usual() (Credentials, error) {
	sources := []func() (found, error){o.fromEnv, o.fromTCCLI, o.fromFile}
	if o.Name == "" && o.Getenv(envProfile) == "" && o.Getenv(envFile) != "" {
		sources = []func() (found, error){o.fromEnv, o.fromFile}
	}
	var missing []string
	for _, source := range sources {
		f, err := source()
		if err != nil || f.missing == "" {
			return f.credentials, err
		}
		missing = append(missing, f.missing)
	}
	return Credentials{}, failure.New(failure.Auth, "no credentials: %s", strings.Join(missing, "; ")).
		WithHint("set %s and %s, or run 'tccli configure'", envSecretID, envSecretKey).
		WithHint("without an account, use --local: it acts on the embedded emulator")
}

func (o CredentialOptions) fromEnv() (found, error) {
	id, key := o.Getenv(envSecretID), o.Getenv(envSecretKey)
	switch {
	case id == "" && key == "":
		return found{missing: fmt.Sprintf("%s and %s are not set", envSecretID, envSecretKey)}, nil
	case key == "":
		return found{}, failure.New(failure.Auth, "half of a key pair: %s is set, but %s is not", envSecretID, envSecretKey)
	case id == "":
		return found{}, failure.New(failure.Auth, "half of a key pair: %s is set, but %s is not", envSecretKey, envSecretID)
	}
	tokenFrom := envToken
	if o.Getenv(envToken) == "" {
		tokenFrom = envSecurityToken
	}
	return complete(Credentials{
		SecretID: id, SecretKey: key, Token: o.Getenv(tokenFrom),
		Source: "the environment (" + envSecretID + ")", TokenFrom: tokenFrom,
	}, partNames{envSecretID, envSecretKey, tokenFrom})
}

// partNames are the names of the parts of credentials, with their source.
type partNames struct{ id, key, token string }

// complete returns credentials that can be sent, or an error that names the part
// that cannot. The parts go into headers. No key or token of Tencent Cloud has
// white space, a quotation mark or a character outside ASCII.
func complete(c Credentials, names partNames) (found, error) {
	if c.Token == "" {
		c.TokenFrom = ""
	}
	for _, part := range []struct{ name, text string }{{names.id, c.SecretID}, {names.key, c.SecretKey}, {names.token, c.Token}} {
		for _, r := range part.text {
			fault, hint := unfit(r)
			if fault != "" {
				return found{}, failure.New(failure.Auth, "cannot use %s: it holds %s", part.name, fault).WithHint("%s", hint)
			}
		}
	}
	return found{credentials: c}, nil
}

// unfit names a character that a key or token cannot have, and returns how to fix
// it. The name is "" for every other character.
func unfit(r rune) (fault, hint string) {
	const again = "copy the value again, without anything before or after it"
	switch {
	case strings.ContainsRune("\"'`", r):
		return "a quotation mark", "write the value without quotation marks; 'docker run --env-file' passes them on"
	case r == '\n' || r == '\r':
		return "a line end", again + "; a file with Windows line ends leaves one"
	case r == ' ' || r == '\t':
		return "white space", again
	case r < ' ' || r == 0x7f:
		return "a control character", again
	case r > '~':
		return "a character outside ASCII", again
	}
	return "", ""
}

// maxCredentialFile is the greatest size of a credential file in bytes.
const maxCredentialFile = 1 << 20

// readCredentialFile returns the content of a file, and false if there is no such
// file. A pipe is accepted, because shells can pass a secret as a pipe.
func readCredentialFile(path string) ([]byte, bool, error) {
	data, err := files.Read(path, maxCredentialFile)
	switch {
	case err == nil:
		return data, true, nil
	case errors.Is(err, fs.ErrNotExist):
		if _, linkErr := os.Lstat(path); linkErr == nil {
			return nil, false, failure.New(failure.Failure, "cannot read credentials: %s is a link to a file that is missing", path)
		}
		return nil, false, nil
	case errors.Is(err, files.ErrIsFolder), errors.Is(err, files.ErrNotRegular):
		return nil, false, failure.New(failure.Failure, "cannot read credentials: %s is not a regular file", path)
	}
	return nil, false, failure.New(failure.Failure, "cannot read credentials: %w", err).WithHints(files.Advice(err))
}

func (o CredentialOptions) path(elements ...string) string {
	return filepath.Join(append([]string{o.Home}, elements...)...)
}
