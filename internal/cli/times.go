package cli

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// parseTime returns the first and the last moment that the value of a flag names. They
// differ if it names a day. Both are zero if the value is empty.
func parseTime(a *app, flag, text string) (first, last time.Time, err error) {
	now := a.env.Now()
	if text == "" {
		return time.Time{}, time.Time{}, nil
	}
	if back, err := parseDuration(text); err == nil && back >= 0 {
		return now.Add(-back), now.Add(-back), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, t, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	switch text {
	case "today", "yesterday":
		local := now.In(time.Local)
		day, err = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.Local), nil
		if text == "yesterday" {
			day = day.AddDate(0, 0, -1)
		}
	}
	if err == nil {
		return day, day.AddDate(0, 0, 1).Add(-1), nil
	}
	return time.Time{}, time.Time{}, failure.New(failure.Usage, "%s %s: it is not a time", flag, callback.Quote(text)).
		WithHint("write a duration (36h, 7d), today, yesterday, a day (2026-01-31) or RFC 3339 (2026-01-31T12:00:00Z)")
}

// duration is a flag value for a length of time: 90s, 5m, 7d, or seconds without a unit.
type duration time.Duration

func (d *duration) Set(text string) error {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if math.IsNaN(seconds) || math.Abs(seconds) > math.MaxInt64/float64(time.Second)/2 {
			return errors.New("it is too long")
		}
		*d = duration(seconds * float64(time.Second))
		return nil
	}
	parsed, err := parseDuration(text)
	if err != nil {
		return errors.New("write it like 90s, 5m, 36h or 7d; a number without a unit is in seconds")
	}
	*d = duration(parsed)
	return nil
}

func (d *duration) String() string {
	if *d == 0 {
		return "0" // help does not show such a default
	}
	return time.Duration(*d).String()
}

// Type returns the name of the type, for help.
func (d *duration) Type() string { return "duration" }

// durationVar defines a flag for a length of time.
func durationVar(flags *pflag.FlagSet, to *time.Duration, name string, value time.Duration, usage string) {
	*to = value
	flags.Var((*duration)(to), name, usage)
}

// parseDuration parses a duration, with days and weeks too: 7d, 2w, 1d12h.
func parseDuration(text string) (time.Duration, error) {
	var days time.Duration
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		number, rest, found := strings.Cut(text, unit.name)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, err
		}
		days, text = days+time.Duration(n)*unit.length, rest
	}
	if text == "" {
		return days, nil
	}
	d, err := time.ParseDuration(text)
	return days + d, err
}
