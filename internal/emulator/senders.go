package emulator

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Field keys that only the emulator answers.
const (
	keyCreated  = "created"
	keyPassword = "password"
)

// maxSendersPerDomain is SES document 1084/40183: up to 10 sender addresses a
// domain.
const maxSendersPerDomain = 10

// listSendersAs answers the sender addresses under the names of a row.
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

// field appends the value of one field of a sender address.
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
		return append(b, '0') // keyPassword: no SMTP password is set
	}
}

func createSender(r *request) *apiError {
	t, err := r.target("EmailAddress")
	if err != nil {
		return err
	}
	if r.tx.Get(bucketSenders, t.Address()) != nil {
		return refuse(sesapi.CodeRepeatEmailAddress, "The sender address %s has been created already.", t)
	}
	ofDomain := 0
	for address := range r.tx.From(bucketSenders, "") {
		if strings.HasSuffix(address, "@"+t.Domain()) {
			ofDomain++
		}
	}
	if ofDomain >= maxSendersPerDomain {
		return refuse(sesapi.CodeExceedSenderLimit, "The domain %s has %d sender addresses already.", t.Domain(), maxSendersPerDomain)
	}
	return r.put(bucketSenders, t.Address(), sender{Name: r.in.text("EmailSenderName"), Created: r.now().Unix()})
}

func deleteSender(r *request) *apiError {
	t, err := r.target("EmailAddress")
	if err != nil {
		return err
	}
	if err := known(r.tx, t); err != nil {
		return err
	}
	if err := r.remove(bucketURLs, t.Address()); err != nil {
		return err
	}
	return r.remove(bucketSenders, t.Address())
}

// listEmailIdentities answers the domains of the sender addresses. Their levels
// and quotas are those of a new account that the emulator makes up.
func listEmailIdentities(r *request) *apiError {
	const reputation, dailyQuota = 1, 10000
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	domains := domainsOf(r.tx)
	if len(r.in.list("TagList")) > 0 {
		domains = nil // no domain here has a tag
	}
	total := len(domains)
	if r.in.given("Offset") || r.in.given("Limit") {
		from := min(offset, int64(total))
		domains = domains[from:min(from+limit, int64(total))]
	}
	identities := []map[string]any{}
	for _, domain := range domains {
		identities = append(identities, map[string]any{"IdentityName": domain, "IdentityType": "DOMAIN", "SendingEnabled": true,
			"CurrentReputationLevel": reputation, "DailyQuota": dailyQuota, "SendIp": []string{}, "TagList": []string{}, "DKIMOption": 0})
	}
	return r.answers(fields{"EmailIdentities": identities, "MaxReputationLevel": reputation, "MaxDailyQuota": dailyQuota, "Total": total})
}

// domainsOf returns the domains of the sender addresses, in order.
func domainsOf(tx *state.Tx) []string {
	seen := map[string]struct{}{}
	for address := range tx.From(bucketSenders, "") {
		seen[domainOf(address)] = struct{}{}
	}
	return slices.Sorted(maps.Keys(seen))
}
