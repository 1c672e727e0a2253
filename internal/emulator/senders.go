package emulator

import (
	"fmt"
	"strconv"

	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Field keys that only the emulator answers.
const (
	keyCreated  = "created"
	keyPassword = "password"
)

// maxSendersPerDomain is SES document 1084/40183: up to 10 sender addresses a
// domain.
const maxSendersPerDomain = 10

func listSenders(top, item []field) func(*Emulator, []byte, args) ([]byte, *apiError) {
	return func(e *Emulator, b []byte, _ args) ([]byte, *apiError) {
		a := &e.account
		a.mu.RLock()
		defer a.mu.RUnlock()
		value := func(b []byte, address, key string) []byte {
			switch key {
			case sesapi.KeyAddress:
				return appendText(b, address)
			case sesapi.KeyName:
				return appendText(b, a.senders[address].Name)
			case keyCreated:
				return strconv.AppendInt(b, a.senders[address].Created, 10)
			}
			return append(b, '0') // keyPassword: no SMTP password is set
		}
		return appendFields(b, top, func(b []byte, _ string) []byte {
			return appendItems(b, item, a.senderOrder, value)
		}), nil
	}
}

func createSender(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	t, err := parseSender(in[argAddress].text)
	if err != nil {
		return b, err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	switch _, known := e.account.senders[t.Address()]; {
	case known:
		return b, &apiError{sesapi.CodeRepeatEmailAddress, fmt.Sprintf("The sender address %s has been created already.", t)}
	case e.account.domainSize[t.Domain()] >= maxSendersPerDomain:
		return b, &apiError{sesapi.CodeExceedSenderLimit, fmt.Sprintf("The domain %s has %d sender addresses already.", t.Domain(), maxSendersPerDomain)}
	}
	return b, e.change(change{kind: putSender, address: t.Address(),
		sender: sender{Name: in[argName].text, Created: e.now().Unix()}})
}

func removeSender(e *Emulator, b []byte, in args) ([]byte, *apiError) {
	t, err := parseSender(in[argAddress].text)
	if err != nil {
		return b, err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	if err := e.known(t); err != nil {
		return b, err
	}
	return b, e.change(change{kind: deleteSender, address: t.Address()})
}

// listEmailIdentities answers the domains of the sender addresses, in the shape
// of the SDK ses v1.3.136. Its levels and quotas are those of a new account that
// the emulator makes up.
func listEmailIdentities() *action {
	const reputation, dailyQuota = "1", "10000"
	run := func(e *Emulator, b []byte, in args) ([]byte, *apiError) {
		a := &e.account
		a.mu.RLock()
		defer a.mu.RUnlock()
		domains := a.domainOrder
		if in[argTags].size > 0 {
			domains = nil // no domain here has a tag
		}
		total := len(domains)
		if in[argOffset].given || in[argLimit].given {
			offset, limit, err := page(in)
			if err != nil {
				return b, err
			}
			domains = domains.page(offset, limit)
		}
		b = append(b, `"EmailIdentities":[`...)
		for _, domain := range domains {
			b = append(b, `{"IdentityName":`...)
			b = appendText(b, domain)
			b = append(b, `,"IdentityType":"DOMAIN","SendingEnabled":true,"CurrentReputationLevel":`+reputation+
				`,"DailyQuota":`+dailyQuota+`,"SendIp":[],"TagList":[],"DKIMOption":0},`...)
		}
		b = append(endList(b, ']'), `,"MaxReputationLevel":`+reputation+`,"MaxDailyQuota":`+dailyQuota+`,"Total":`...)
		return append(strconv.AppendInt(b, int64(total), 10), ','), nil
	}
	return &action{run: run, params: []param{
		argOffset: {"Offset", integer, false},
		argLimit:  {"Limit", integer, false},
		argTags:   {"TagList", list, false}}}
}

// page returns the offset and the limit of a request.
func page(in args) (offset, limit int64, err *apiError) {
	offset, limit = in[argOffset].num, sesapi.MaxPage
	if in[argLimit].given {
		limit = in[argLimit].num
	}
	switch {
	case offset < 0:
		return 0, 0, &apiError{sesapi.CodeInvalidValue, "The offset is negative."}
	case limit < 1 || limit > sesapi.MaxPage:
		return 0, 0, &apiError{sesapi.CodeInvalidValue, fmt.Sprintf("The limit must be from 1 to %d.", sesapi.MaxPage)}
	}
	return offset, limit, nil
}

func parseSender(address string) (callback.Target, *apiError) {
	t, err := callback.ParseSender(address)
	if err != nil {
		return t, &apiError{sesapi.CodeIllegalEmailAddress, "The email address is not valid: " + err.Error() + "."}
	}
	return t, nil
}

// known checks that the account has a sender address. The caller holds
// e.writing.
func (e *Emulator) known(t callback.Target) *apiError {
	if _, known := e.account.senders[t.Address()]; !known {
		return &apiError{sesapi.CodeNoSuchSender, fmt.Sprintf("The account has no sender address %s.", t)}
	}
	return nil
}

func (e *Emulator) change(c change) *apiError {
	if err := e.commit(c); err != nil {
		return &apiError{sesapi.CodeInternalError, "Nothing was changed: " + err.Error() + "."}
	}
	return nil
}
