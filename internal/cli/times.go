package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// parseTime returns the first and the last moment of what a flag names; they
// differ for a day. Both are zero if nothing is given.
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
	return time.Time{}, time.Time{}, failure.New(failure.Usage, "%s %s is not a time", flag, callback.Quote(text)).
		WithHint("write a duration (36h, 7d), today, yesterday, a day (2026-01-31) or RFC 3339 (2026-01-31T12:00:00Z)")
}

// parseDuration reads a duration, also in days and weeks: 7d, 2w, 1d12h.
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
