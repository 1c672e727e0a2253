package emulator

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Keys of fields that package sesapi does not have.
const (
	keyCreated  = "created"
	keyPassword = "password"
)

// maxSendersPerDomain is the limit of sender addresses in one domain (SES document
// 1084/40183).
const maxSendersPerDomain = 10

// listSendersAs returns an action that answers with the sender addresses, under the
// field names of a row.
func listSendersAs(row sesapi.Row) (func(*request) *apiError, error) {
	top, item, err := listFields(row, map[string]string{keyCreated: "CreatedTimestamp", keyPassword: "SmtpPwdType"})
	if err != nil {
		return nil, err
	}
	return func(r *request) *apiError {
		var failed *apiError
		r.out = appendFields(r.out, top, func(b []byte, _ string) []byte {
			b = append(b, '[')
			for address, encoded := range r.tx.From(bucketSenders, "") {
				s, err := state.Decode[sender](bucketSenders, encoded)
				if err != nil {
					failed = internalError(err)
				}
				b = append(endList(appendFields(append(b, '{'), item, s.field(address)), '}'), ',')
			}
			return endList(b, ']')
		})
		return failed
	}, nil
}

// field returns a function that appends the value of one field of a sender address.
func (s sender) field(address string) func([]byte, string) []byte {
	return func(b []byte, key string) []byte {
		switch key {
		case sesapi.KeyAddress:
			return appendText(b, address)
		case sesapi.KeyName:
			return appendText(b, s.Name)
		case keyCreated:
			return strconv.AppendInt(b, s.Created, 10)
		}
		// keyPassword
		return strconv.AppendInt(b, int64(min(len(s.Password), 1)), 10)
	}
}

func createSender(r *request) *apiError {
	t, err := r.target("EmailAddress", sesapi.CodeIllegalEmailAddress)
	if err != nil {
		return err
	}
	if r.tx.Get(bucketSenders, t.Address()) != nil {
		return refuse(sesapi.CodeRepeatEmailAddress, "The sender address %s already exists.", t)
	}
	if verified, err := r.verified(r.tx, t.Domain()); err != nil || !verified {
		return refuse(sesapi.CodeDomainNotVerified, "The domain %s is not verified.", t.Domain())
	}
	if name := r.in.text("EmailSenderName"); strings.ContainsAny(name, ":\r\n") {
		return refuse(sesapi.CodeIllegalSenderName, "The name of the sender must not have colons or line ends.")
	}
	ofDomain := 0
	for address := range r.tx.From(bucketSenders, "") {
		if strings.HasSuffix(address, "@"+t.Domain()) {
			ofDomain++
		}
	}
	if ofDomain >= maxSendersPerDomain {
		return refuse(sesapi.CodeExceedSenderLimit, "The domain %s already has %d sender addresses.", t.Domain(), maxSendersPerDomain)
	}
	return r.put(bucketSenders, t.Address(), sender{Name: r.in.text("EmailSenderName"), Created: r.now().Unix()})
}

func deleteSender(r *request) *apiError {
	t, err := r.target("EmailAddress", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	if err := known(r.tx, t); err != nil {
		return err
	}
	for _, bucket := range []string{bucketURLs, bucketConfigs} {
		if err := r.remove(bucket, t.Address()); err != nil {
			return err
		}
	}
	return r.remove(bucketSenders, t.Address())
}

// updateEmailSMTPPassword sets the SMTP password of a sender address. The rules for
// it are in the SDK's errors.go (InvalidSmtpPassWord, RepeatPassWord). Only a hash of
// the password is kept.
func updateEmailSMTPPassword(r *request) *apiError {
	t, err := r.target("EmailAddress", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	s, there, failed := state.Load[sender](r.tx, bucketSenders, t.Address())
	password := r.in.text("Password")
	switch {
	case failed != nil:
		return internalError(failed)
	case !there:
		return noSuchSender(t)
	case !goodPassword(password):
		return refuse(sesapi.CodeInvalidPassword, "The password must have 10 to 20 characters, and at least two different digits, small letters and capital letters.")
	}
	sum := sha256.Sum256([]byte(t.Address() + "\x00" + password))
	hashed := hex.EncodeToString(sum[:])
	if s.Password == hashed {
		return refuse(sesapi.CodeRepeatPassword, "The password is the same as the current one.")
	}
	s.Password = hashed
	return r.put(bucketSenders, t.Address(), s)
}

func goodPassword(password string) bool {
	if len(password) < 10 || len(password) > 20 {
		return false
	}
	kinds := [3]map[rune]struct{}{{}, {}, {}}
	for _, c := range password {
		switch {
		case '0' <= c && c <= '9':
			kinds[0][c] = struct{}{}
		case 'a' <= c && c <= 'z':
			kinds[1][c] = struct{}{}
		case 'A' <= c && c <= 'Z':
			kinds[2][c] = struct{}{}
		}
	}
	return len(kinds[0]) >= 2 && len(kinds[1]) >= 2 && len(kinds[2]) >= 2
}
