package emulator

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Limits are limits of the service that the emulator can imitate; 0 means no limit.
type Limits struct {
	Quota       int // requests a second for each action
	AddressHour int // emails of SendEmail to one recipient in an hour
	Day         int // emails of SendEmail in one day, by China's time
}

// Set reads one limit, such as address-hour=10 or day=500, into its field. The error
// has the kind usage.
func (l *Limits) Set(spec string) error {
	name, value, _ := strings.Cut(spec, "=")
	into := map[string]*int{"address-hour": &l.AddressHour, "day": &l.Day}[strings.TrimSpace(name)]
	n, err := strconv.Atoi(strings.TrimSpace(value))
	switch {
	case into == nil:
		return failure.New(failure.Usage, "unknown limit %s; the limits are address-hour=N and day=N", quote(spec))
	case err != nil || n < 1:
		return failure.New(failure.Usage, "limit %s: it needs a number of emails, such as %s=10", quote(spec), name)
	}
	*into = n
	return nil
}

// limiter counts requests and emails. The counts begin at 0 when the process starts.
type limiter struct {
	Limits
	mu        sync.Mutex
	second    int64
	requests  map[string]int
	addresses map[string][]time.Time
	pruned    time.Time
	day       string
	emails    int
}

func newLimiter(l Limits) *limiter {
	return &limiter{Limits: l, requests: map[string]int{}, addresses: map[string][]time.Time{}}
}

// request counts a request of an action, or refuses it if there were too many in this
// second.
func (l *limiter) request(action string, now time.Time) *apiError {
	if l.Quota <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Unix() != l.second {
		l.second = now.Unix()
		clear(l.requests)
	}
	l.requests[action]++
	if n := l.requests[action]; n > l.Quota {
		return refuse(sesapi.CodeRequestLimitExceeded, "Your current request times equals to `%d` in a second, which exceeds the frequency limit `%d` for a second. "+
			"Please reduce the frequency of calls.", n, l.Quota)
	}
	return nil
}

// emailsTo counts an email to recipients, or refuses it if it exceeds a limit.
func (l *limiter) emailsTo(recipients []string, now time.Time) *apiError {
	if l.AddressHour <= 0 && l.Day <= 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if day := dayInChina(now); day != l.day {
		l.day, l.emails = day, 0
	}
	if l.Day > 0 && l.emails+len(recipients) > l.Day {
		return refuse(sesapi.CodeExceedSendLimit, "The limit of %d emails a day is exceeded.", l.Day)
	}
	l.prune(now)
	for _, recipient := range recipients {
		if l.AddressHour > 0 && len(l.recent(recipient, now)) >= l.AddressHour {
			return refuse(sesapi.CodeFrequencyLimit, "%s got %d emails within an hour, which is the limit.", recipient, l.AddressHour)
		}
	}
	l.emails += len(recipients)
	for _, recipient := range recipients {
		l.addresses[mailKey(recipient)] = append(l.recent(recipient, now), now)
	}
	return nil
}

// recent returns when a recipient got emails within the last hour.
func (l *limiter) recent(recipient string, now time.Time) []time.Time {
	all := l.addresses[mailKey(recipient)]
	for len(all) > 0 && now.Sub(all[0]) >= time.Hour {
		all = all[1:]
	}
	return all
}

// prune forgets recipients that got nothing within the last hour, once a minute.
func (l *limiter) prune(now time.Time) {
	if now.Sub(l.pruned) < time.Minute {
		return
	}
	l.pruned = now
	for recipient := range l.addresses {
		if len(l.recent(recipient, now)) == 0 {
			delete(l.addresses, recipient)
		}
	}
}
