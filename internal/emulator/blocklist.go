package emulator

import (
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// blocked is a recipient that had a hard bounce.
type blocked struct {
	Time   int64  `json:"time"`
	Reason string `json:"reason"`
}

// custom is an entry of the account's own blocklist.
type custom struct {
	Email   string `json:"email"`
	Created int64  `json:"created"`
	Expires string `json:"expires,omitempty"` // a date in China; "" if it never expires
}

func (c custom) active(now time.Time) bool {
	return c.Expires == "" || dayInChina(now) <= c.Expires
}

func mailKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// block puts a recipient on the blocklist after a hard bounce.
func block(tx *state.Tx, recipient string, r record) error {
	if r.Type != event.Bounce || r.Bounce != event.HardBounce {
		return nil
	}
	return state.Save(tx, bucketBlocked, mailKey(recipient), blocked{r.Time.Unix(), r.Why})
}

// isBlocked reports whether an address is on one of the two blocklists.
func isBlocked(tx *state.Tx, address string, now time.Time) (bool, error) {
	if tx.Get(bucketBlocked, mailKey(address)) != nil {
		return true, nil
	}
	key := tx.Get(bucketCustomByMail, mailKey(address))
	if key == nil {
		return false, nil
	}
	c, there, err := state.Load[custom](tx, bucketCustom, string(key))
	return there && c.active(now), err
}

func listBlackEmailAddress(r *request) *apiError {
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	from, until, err := r.days("StartDate", "EndDate")
	if err != nil {
		return err
	}
	list, total := []map[string]any{}, int64(0)
	for address, encoded := range r.tx.From(bucketBlocked, "") {
		b, failed := state.Decode[blocked](bucketBlocked, encoded)
		if failed != nil {
			return internalError(failed)
		}
		wanted := r.in.text("EmailAddress")
		if at := time.Unix(b.Time, 0); wanted != "" && mailKey(wanted) != address || at.Before(from) || !at.Before(until) {
			continue
		}
		if total >= offset && total-offset < limit {
			list = append(list, map[string]any{"BounceTime": stamp(b.Time), "EmailAddress": address, "IspDesc": b.Reason})
		}
		total++
	}
	return r.answers(fields{"BlackList": list, "TotalCount": total})
}

// days reads a first and a last date, which may be the same, and returns the moments
// at which these days begin and end in China.
func (r *request) days(first, last string) (from, until time.Time, err *apiError) {
	if from, err = r.day(first); err != nil {
		return from, until, err
	}
	if until, err = r.day(last); err != nil {
		return from, until, err
	}
	if until.Before(from) {
		return from, until, refuse(sesapi.CodeWrongDate, "The parameter `%s` is before `%s`.", last, first)
	}
	return from, until.AddDate(0, 0, 1), nil
}

// day reads a date, and returns the moment at which the day begins in China.
func (r *request) day(name string) (time.Time, *apiError) {
	day, err := time.ParseInLocation(time.DateOnly, r.in.text(name), china())
	if err != nil {
		return day, refuse(sesapi.CodeWrongDate, "The parameter `%s` is not of the form YYYY-MM-DD.", name)
	}
	return day, nil
}

// stamp formats a moment as the API does, in China's time zone.
func stamp(seconds int64) string { return time.Unix(seconds, 0).In(china()).Format(time.DateTime) }

func deleteBlackList(r *request) *apiError {
	addresses := r.in.texts("EmailAddressList")
	if len(addresses) == 0 {
		return refuse(sesapi.CodeInvalidValue, "The EmailAddressList is empty.")
	}
	for _, address := range addresses {
		if err := r.remove(bucketBlocked, mailKey(address)); err != nil {
			return err
		}
	}
	return nil
}

// maxCustom is how many addresses one request may add; it is chosen, because the SDK
// names only the error code. maxAddress is the length of the longest address (RFC
// 5321, 4.5.3.1.3).
const (
	maxCustom  = 20_000
	maxAddress = 254
)

func createCustomBlacklist(r *request) *apiError {
	emails := r.in.texts("Emails")
	switch {
	case len(emails) == 0:
		return refuse(sesapi.CodeEmailsNecessary, "The list of Emails is empty.")
	case len(emails) > maxCustom:
		return refuse(sesapi.CodeReceiverRequestLimit, "One request can have at most %d Emails.", maxCustom)
	}
	expires, err := r.expiry()
	if err != nil {
		return err
	}
	counts := map[string]int{"TotalCount": len(emails), "ValidCount": 0, "TooLongCount": 0, "RepeatCount": 0, "InvalidCount": 0}
	for _, given := range emails {
		parsed, invalid := parseRecipient(given)
		switch {
		case len(given) > maxAddress:
			counts["TooLongCount"]++
		case invalid != nil:
			counts["InvalidCount"]++
		case r.tx.Get(bucketCustomByMail, mailKey(parsed)) != nil:
			counts["RepeatCount"]++
		default:
			counts["ValidCount"]++
			if err := r.addCustom(custom{Email: mailKey(parsed), Created: r.now().Unix(), Expires: expires}); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"TotalCount", "ValidCount", "TooLongCount", "RepeatCount", "InvalidCount"} {
		if err := r.answer(name, counts[name]); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) addCustom(c custom) *apiError {
	id, err := r.tx.Next(bucketCustom)
	if err == nil {
		err = r.tx.Put(bucketCustomByMail, c.Email, []byte(state.Key(id)))
	}
	if err != nil {
		return internalError(err)
	}
	return r.put(bucketCustom, state.Key(id), c)
}

func (r *request) expiry() (string, *apiError) {
	date := r.in.text("ExpireDate")
	if date == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "", refuse(sesapi.CodeWrongDate, "The ExpireDate is not of the form YYYY-MM-DD.")
	}
	return date, nil
}

func updateCustomBlackList(r *request) *apiError {
	key := state.Key(uint64(r.in.number("Id")))
	old, there, failed := state.Load[custom](r.tx, bucketCustom, key)
	switch {
	case failed != nil:
		return internalError(failed)
	case !there:
		return refuse(sesapi.CodeIllegalEmailAddress, "There is no entry %d in the blocklist.", r.in.number("Id"))
	}
	parsed, invalid := parseRecipient(r.in.text("Email"))
	if invalid != nil {
		return refuse(sesapi.CodeIllegalEmailAddress, "The email address is not valid: %v.", invalid)
	}
	if other := r.tx.Get(bucketCustomByMail, mailKey(parsed)); other != nil && string(other) != key {
		return refuse(sesapi.CodeIllegalEmailAddress, "The blocklist already has the address %s.", parsed)
	}
	expires, err := r.expiry()
	if err != nil {
		return err
	}
	if err := r.remove(bucketCustomByMail, old.Email); err != nil {
		return err
	}
	old.Email, old.Expires = mailKey(parsed), expires
	if failed := r.tx.Put(bucketCustomByMail, old.Email, []byte(key)); failed != nil {
		return internalError(failed)
	}
	return r.put(bucketCustom, key, old)
}

func deleteCustomBlackList(r *request) *apiError {
	for _, address := range r.in.texts("Emails") {
		key := string(r.tx.Get(bucketCustomByMail, mailKey(address)))
		if key == "" {
			continue
		}
		if err := r.remove(bucketCustom, key); err != nil {
			return err
		}
		if err := r.remove(bucketCustomByMail, mailKey(address)); err != nil {
			return err
		}
	}
	return nil
}

func listCustomBlacklist(r *request) *apiError {
	const expired, active = 0, 1
	offset, limit, err := page(r.in, "Offset", "Limit", sesapi.CodeInvalidLimit)
	if err != nil {
		return err
	}
	list, total := []map[string]any{}, int64(0)
	for key, encoded := range r.tx.From(bucketCustom, "") {
		c, failed := state.Decode[custom](bucketCustom, encoded)
		if failed != nil {
			return internalError(failed)
		}
		status := int64(expired)
		if c.active(r.now()) {
			status = active
		}
		wanted := r.in.number("Status")
		if wanted <= active && wanted != status || !strings.Contains(c.Email, mailKey(r.in.text("Email"))) {
			continue
		}
		if total >= offset && total-offset < limit {
			list = append(list, map[string]any{"Id": state.ID(key), "Email": c.Email, "CreateTime": stamp(c.Created), "ExpireDate": c.Expires, "Status": status})
		}
		total++
	}
	return r.answers(fields{"Data": list, "TotalCount": total})
}
