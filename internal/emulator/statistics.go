package emulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

// volume counts what happened to the emails of one day, from one domain to one kind
// of mailbox.
type volume struct {
	Request     int `json:"request,omitempty"`
	Accepted    int `json:"accepted,omitempty"`
	Delivered   int `json:"delivered,omitempty"`
	Opened      int `json:"opened,omitempty"`
	Clicked     int `json:"clicked,omitempty"`
	Bounce      int `json:"bounce,omitempty"`
	Unsubscribe int `json:"unsubscribe,omitempty"`
}

func (v *volume) add(other volume) {
	v.Request += other.Request
	v.Accepted += other.Accepted
	v.Delivered += other.Delivered
	v.Opened += other.Opened
	v.Clicked += other.Clicked
	v.Bounce += other.Bounce
	v.Unsubscribe += other.Unsubscribe
}

func (v volume) answer(date string) map[string]any {
	return map[string]any{"SendDate": date, "RequestCount": v.Request, "AcceptedCount": v.Accepted, "DeliveredCount": v.Delivered,
		"OpenedCount": v.Opened, "ClickedCount": v.Clicked, "BounceCount": v.Bounce, "UnsubscribeCount": v.Unsubscribe}
}

// volumeKey returns the key of the statistics that count an email to a recipient: the
// day in China on which it was sent, and the two domains.
func volumeKey(m message, recipient string) string {
	return dayInChina(m.Sent) + "\x00" + domainOf(m.Sender) + "\x00" + strings.ToLower(domainOf(recipient))
}

// count adds to the statistics with a key.
func count(tx *state.Tx, key string, more volume) error {
	v, _, err := state.Load[volume](tx, bucketStatistics, key)
	if err != nil {
		return err
	}
	v.add(more)
	return state.Save(tx, bucketStatistics, key, v)
}

// volumeOf returns what one event adds to the statistics.
func volumeOf(t event.Type) volume {
	switch t {
	case event.Delivered:
		return volume{Delivered: 1}
	case event.Open:
		return volume{Opened: 1}
	case event.Click:
		return volume{Clicked: 1}
	case event.Bounce:
		return volume{Bounce: 1}
	case event.Unsubscribe:
		return volume{Unsubscribe: 1}
	}
	return volume{}
}

func getStatisticsReport(r *request) *apiError {
	from, until, err := r.days("StartDate", "EndDate")
	if err != nil {
		return err
	}
	first, end := from.Format(time.DateOnly), until.Format(time.DateOnly)
	domain, mailbox := strings.ToLower(r.in.text("Domain")), strings.ToLower(r.in.text("ReceivingMailboxType"))
	var overall, daily volume
	days, day := []map[string]any{}, ""
	flush := func() {
		if day != "" {
			days = append(days, daily.answer(day))
		}
		daily = volume{}
	}
	for key, encoded := range r.tx.From(bucketStatistics, first) {
		parts := strings.Split(key, "\x00")
		if parts[0] >= end {
			break
		}
		if len(parts) != 3 || domain != "" && parts[1] != domain || mailbox != "" && parts[2] != mailbox {
			continue
		}
		v, failed := state.Decode[volume](bucketStatistics, encoded)
		if failed != nil {
			return internalError(failed)
		}
		if parts[0] != day {
			flush()
			day = parts[0]
		}
		daily.add(v)
		overall.add(v)
	}
	flush()
	return r.answers(fields{"DailyVolumes": days, "OverallVolume": overall.answer("")})
}

// abuse is a complaint of a recipient.
type abuse struct {
	Sent       int64  `json:"sent"`
	Complained int64  `json:"complained"`
	Sender     string `json:"sender"`
	Recipient  string `json:"recipient"`
	Template   int64  `json:"template,omitempty"`
	Bulk       string `json:"bulk"`
	SMTPID     string `json:"smtp_id"`
	Subject    string `json:"subject"`
}

func complain(tx *state.Tx, m message, recipient string, at time.Time) error {
	id, err := tx.Next(bucketAbuse)
	if err != nil {
		return err
	}
	return state.Save(tx, bucketAbuse, state.Key(id), abuse{m.Sent.Unix(), at.Unix(), m.Sender, recipient, m.TemplateID, m.ID, m.SMTPID, m.Subject})
}

// maxReports is the largest and the usual limit of GetAbuseReport (the comment
// of Limit in the SDK's models.go).
const maxReports = 1000

func getAbuseReport(r *request) *apiError {
	from, err := r.moment("StartTime", sesapi.CodeInvalidStartTime, time.Time{})
	if err != nil {
		return err
	}
	until, err := r.moment("EndTime", sesapi.CodeInvalidEndTime, r.now().Add(time.Second))
	if err != nil {
		return err
	}
	limit := int64(maxReports)
	if r.in.given("Limit") {
		limit = r.in.number("Limit")
	}
	if limit < 1 || limit > maxReports || r.in.number("Offset") < 0 {
		return refuse(sesapi.CodeInvalidLimit, "The limit must be from 1 to %d, and the offset not negative.", maxReports)
	}
	list, total := []map[string]any{}, int64(0)
	for _, encoded := range r.tx.From(bucketAbuse, "") {
		a, failed := state.Decode[abuse](bucketAbuse, encoded)
		if failed != nil {
			return internalError(failed)
		}
		if at := time.Unix(a.Complained, 0); at.Before(from) || at.After(until) || !a.wanted(r.in) {
			continue
		}
		if total >= r.in.number("Offset") && total-r.in.number("Offset") < limit {
			list = append(list, a.answer())
		}
		total++
	}
	return r.answers(fields{"Data": list, "TotalCount": total})
}

// moment reads a date, or a date and a time, in China.
func (r *request) moment(name, code string, absent time.Time) (time.Time, *apiError) {
	text := r.in.text(name)
	if text == "" {
		return absent, nil
	}
	for _, form := range []string{time.DateTime, time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, china()); err == nil {
			if form == time.DateOnly && name == "EndTime" {
				at = at.AddDate(0, 0, 1).Add(-time.Second)
			}
			return at, nil
		}
	}
	return absent, refuse(code, "The parameter `%s` is not of the form YYYY-MM-DD HH:MM:SS.", name)
}

func (a abuse) wanted(in object) bool {
	for name, has := range map[string]string{"FromDomain": domainOf(a.Sender), "FromAddress": a.Sender, "ToAddress": a.Recipient,
		"Mta": domainOf(a.Recipient), "TemplateId": templateText(a.Template)} {
		if wanted := in.text(name); wanted != "" && !strings.EqualFold(wanted, has) {
			return false
		}
	}
	return true
}

func templateText(id int64) string { return strconv.FormatInt(id, 10) }

func (a abuse) answer() map[string]any {
	return map[string]any{"DeliverTime": stamp(a.Sent), "OriginalMailFrom": a.Sender, "OriginalRcptTo": a.Recipient,
		"FromDomain": domainOf(a.Sender), "ComplainTime": stamp(a.Complained), "Mta": domainOf(a.Recipient), "SourceIp": "127.0.0.1",
		"InsertTime": stamp(a.Complained), "TemplateId": templateText(a.Template), "BulkId": a.Bulk, "MessageId": a.SMTPID,
		"AbuseTime": stamp(a.Complained), "Subject": a.Subject}
}
