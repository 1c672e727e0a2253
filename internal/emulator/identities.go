package emulator

import (
	"maps"
	"slices"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// identity is a sending domain. A domain that has sender addresses but was never
// created counts as verified.
type identity struct {
	Verified bool                `json:"verified"`
	DKIM     int64               `json:"dkim"`
	Tags     []map[string]string `json:"tags,omitempty"`
}

// loadIdentity returns the identity of a domain. There reports whether it was
// created or has sender addresses.
func (e *Emulator) loadIdentity(tx *state.Tx, domain string) (i identity, there bool, err error) {
	i, there, err = state.Load[identity](tx, bucketDomains, domain)
	if err == nil && !there {
		_, unverified := e.unverified[domain]
		there = unverified || slices.Contains(domainsOf(tx), domain)
		i.Verified = !unverified
	}
	return i, there, err
}

// verified reports whether emails can be sent from a domain.
func (e *Emulator) verified(tx *state.Tx, domain string) (bool, error) {
	if _, never := e.unverified[domain]; never {
		return false, nil
	}
	i, there, err := state.Load[identity](tx, bucketDomains, domain)
	return i.Verified || !there, err
}

// domainParam reads a domain from the parameter EmailIdentity. A domain that is not
// valid is refused with code.
func (r *request) domainParam(code string) (string, *apiError) {
	t, err := callback.ParseSender("a@" + r.in.text("EmailIdentity"))
	if err != nil || !strings.Contains(t.Domain(), ".") {
		return "", refuse(code, "The domain %s is not valid.", quote(r.in.text("EmailIdentity")))
	}
	return t.Domain(), nil
}

func createEmailIdentity(r *request) *apiError {
	domain, err := r.domainParam(sesapi.CodeInvalidIdentity)
	if err != nil {
		return err
	}
	_, there, failed := state.Load[identity](r.tx, bucketDomains, domain)
	switch {
	case failed != nil:
		return internalError(failed)
	case there || slices.Contains(domainsOf(r.tx), domain):
		return refuse(sesapi.CodeRepeatCreation, "The domain %s already exists.", domain)
	}
	i := identity{DKIM: r.in.number("DKIMOption")}
	for _, tag := range r.in.list("TagList") {
		fields, _ := tag.(object)
		i.Tags = append(i.Tags, map[string]string{"TagKey": fields.text("TagKey"), "TagValue": fields.text("TagValue")})
	}
	if err := r.put(bucketDomains, domain, i); err != nil {
		return err
	}
	return r.answerIdentity(domain, i)
}

func getEmailIdentity(r *request) *apiError {
	domain, i, err := r.existingIdentity()
	if err != nil {
		return err
	}
	if err := r.answerIdentity(domain, i); err != nil {
		return err
	}
	return r.answer("TagList", tagsOf(i))
}

func tagsOf(i identity) []map[string]string {
	if i.Tags == nil {
		return []map[string]string{}
	}
	return i.Tags
}

func (r *request) existingIdentity() (string, identity, *apiError) {
	domain, err := r.domainParam(sesapi.CodeInvalidValue)
	if err != nil {
		return "", identity{}, err
	}
	i, there, failed := r.loadIdentity(r.tx, domain)
	switch {
	case failed != nil:
		return "", i, internalError(failed)
	case !there:
		return "", i, refuse(sesapi.CodeNotExistDomain, "The domain %s does not exist.", domain)
	}
	return domain, i, nil
}

// updateEmailIdentity verifies a domain as if its DNS records were correct, unless
// [Options].Unverified names the domain.
func updateEmailIdentity(r *request) *apiError {
	domain, i, err := r.existingIdentity()
	if err != nil {
		return err
	}
	_, never := r.unverified[domain]
	i.Verified = !never
	if r.in.given("DKIMOption") {
		i.DKIM = r.in.number("DKIMOption")
	}
	if err := r.put(bucketDomains, domain, i); err != nil {
		return err
	}
	return r.answerIdentity(domain, i)
}

func deleteEmailIdentity(r *request) *apiError {
	domain, err := r.domainParam(sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	switch {
	case slices.Contains(domainsOf(r.tx), domain):
		return refuse(sesapi.CodeDomainHasSenders, "The domain %s has sender addresses. Delete them first.", domain)
	case r.tx.Get(bucketDomains, domain) == nil:
		return refuse(sesapi.CodeInvalidValue, "The domain %s does not exist.", domain)
	}
	return r.remove(bucketDomains, domain)
}

// answerIdentity answers with the DNS records that a domain needs. Their values are
// invented.
func (r *request) answerIdentity(domain string, i identity) *apiError {
	var attributes []map[string]any
	record := func(kind, name, value string) {
		current := ""
		if i.Verified {
			current = value
		}
		attributes = append(attributes, map[string]any{"Type": kind, "SendDomain": name, "ExpectedValue": value, "CurrentValue": current, "Status": i.Verified})
	}
	record("TXT", domain, "v=spf1 include:qcloudmail.com ~all")
	record("TXT", "qcloud._domainkey."+domain, "v=DKIM1; k=rsa; p=EMULATED")
	record("TXT", "_dmarc."+domain, "v=DMARC1; p=none")
	record("MX", domain, "mxbiz1.qq.com.")
	return r.answers(fields{"IdentityType": "DOMAIN", "VerifiedForSendingStatus": i.Verified, "Attributes": attributes, "DKIMOption": i.DKIM})
}

// listEmailIdentities answers with the domains. Their reputation levels and quotas
// are invented values of a new account.
func listEmailIdentities(r *request) *apiError {
	const reputation, dailyQuota = 1, 10000
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidValue)
	if err != nil {
		return err
	}
	all, err := r.identities()
	if err != nil {
		return err
	}
	total := len(all)
	if r.in.given("Offset") || r.in.given("Limit") {
		from := min(offset, int64(total))
		all = all[from:min(from+limit, int64(total))]
	}
	list := []map[string]any{}
	for _, domain := range all {
		i, _, failed := r.loadIdentity(r.tx, domain)
		if failed != nil {
			return internalError(failed)
		}
		list = append(list, map[string]any{"IdentityName": domain, "IdentityType": "DOMAIN", "SendingEnabled": i.Verified,
			"CurrentReputationLevel": reputation, "DailyQuota": dailyQuota, "SendIp": []string{}, "TagList": tagsOf(i), "DKIMOption": i.DKIM})
	}
	return r.answers(fields{"EmailIdentities": list, "MaxReputationLevel": reputation, "MaxDailyQuota": dailyQuota, "Total": total})
}

// identities returns the domains that have every tag in the request.
func (r *request) identities() ([]string, *apiError) {
	seen := map[string]struct{}{}
	for _, domain := range domainsOf(r.tx) {
		seen[domain] = struct{}{}
	}
	for domain := range r.tx.From(bucketDomains, "") {
		seen[domain] = struct{}{}
	}
	for domain := range r.unverified {
		seen[domain] = struct{}{}
	}
	wanted := r.in.list("TagList")
	var all []string
	for _, domain := range slices.Sorted(maps.Keys(seen)) {
		i, _, err := r.loadIdentity(r.tx, domain)
		if err != nil {
			return nil, internalError(err)
		}
		tagged := !slices.ContainsFunc(wanted, func(tag any) bool {
			fields, _ := tag.(object)
			return !slices.ContainsFunc(i.Tags, func(has map[string]string) bool {
				return has["TagKey"] == fields.text("TagKey") && has["TagValue"] == fields.text("TagValue")
			})
		})
		if tagged {
			all = append(all, domain)
		}
	}
	return all, nil
}

// domainsOf returns the domains of all sender addresses, in alphabetical order.
func domainsOf(tx *state.Tx) []string {
	seen := map[string]struct{}{}
	for address := range tx.From(bucketSenders, "") {
		seen[domainOf(address)] = struct{}{}
	}
	return slices.Sorted(maps.Keys(seen))
}
