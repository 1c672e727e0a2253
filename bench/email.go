package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	emails     = 10_000 // events of one round
	mailbox    = "news@mail.example.com"
	emailLimit = 5 * time.Minute
	pollPause  = 10 * time.Millisecond // so that asking the receiver does not count
	manyEmails = 100_000
)

// emailRun is a receiver of events, and a configuration that allows its port. The sink
// takes the emails of the bare loop.
type emailRun struct {
	p              *programs
	receiver, sink listening
	config         string
}

func startEmailRun(p *programs) (*emailRun, error) {
	receiver, err := startListening(p.command("", "bareevents", "serve"))
	if err != nil {
		return nil, err
	}
	sink, err := startListening(p.command("", "bareevents", "serve"))
	if err != nil {
		receiver.end()
		return nil, err
	}
	r := &emailRun{p, receiver, sink, filepath.Join(p.folder, "emails.yaml")}
	ports := fmt.Sprintf("profiles: {bench: {allowed_ports: [%d]}}\n", portOf(receiver.url))
	if err := os.WriteFile(r.config, []byte(ports), 0o600); err != nil {
		r.end()
		return nil, err
	}
	return r, nil
}

func (r *emailRun) end() {
	r.receiver.end()
	r.sink.end()
}

// emulator returns the command of an emulator that can deliver to the receiver.
func (r *emailRun) emulator(args ...string) *exec.Cmd {
	cmd := r.p.command("", "sesctl", append([]string{"emulator", "serve", "-q", "--listen", "127.0.0.1:0",
		"--sender", mailbox, "--profile", "bench"}, args...)...)
	cmd.Env = append(cmd.Env, "SESCTL_CONFIG="+r.config)
	return cmd
}

// measureEmail compares the emulator, from SendEmail to the event that the receiver
// got, with a loop that only posts the same bodies: each email to a server that parses
// it, and then its events to the receiver. Each recipient of an email has one event,
// "delivered". Programs, servers and senders share the machine on both sides.
func measureEmail(_ context.Context, p *programs) ([]row, error) {
	r, err := startEmailRun(p)
	if err != nil {
		return nil, err
	}
	defer r.end()
	var rows []row
	for _, c := range []struct {
		where, goal string
		place       func(recipients int) []string
	}{
		{"in memory", "at least 0.5", func(int) []string { return []string{"--memory"} }},
		{"with a state file", "", func(recipients int) []string { // each email is on disk before the answer
			return []string{"--state", filepath.Join(p.folder, fmt.Sprintf("emails-to-%d.db", recipients))}
		}},
	} {
		for _, recipients := range []int{1, 10} {
			ours, theirs, err := r.emailsOfNew(recipients, c.place(recipients)...)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row{fmt.Sprintf("emulator %s: SendEmail to the delivered event, recipients of an email: %d, 64 at a time, events a second against a bare loop that posts the same bodies", c.where, recipients),
				fmt.Sprintf("%.0f/s", 1/ours.Seconds()), fmt.Sprintf("%.0f/s", 1/theirs.Seconds()), ratio(theirs, ours), c.goal})
		}
	}
	return rows, nil
}

// emailsOfNew measures an emulator that has no messages yet. If it had the messages of
// the row before, these would decide how often garbage is collected.
func (r *emailRun) emailsOfNew(recipients int, place ...string) (ours, theirs time.Duration, err error) {
	endpoint, stop, err := started(r.emulator(place...))
	if err != nil {
		return 0, 0, err
	}
	defer stop()
	return r.emailsInTurns(endpoint, recipients)
}

// measureEmailState measures an emulator with many messages: its memory, its state
// file, and how long it takes to start again.
func measureEmailState(_ context.Context, p *programs) ([]row, error) {
	r, err := startEmailRun(p)
	if err != nil {
		return nil, err
	}
	defer r.end()
	file := filepath.Join(p.folder, "many.db")
	var rows []row
	for _, c := range []struct {
		where string
		args  []string
	}{{"in memory", []string{"--memory"}}, {"with a state file", []string{"--state", file}}} {
		peak, err := r.peakOfMany(c.args...)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{fmt.Sprintf("emulator %s: peak memory of %d messages and their events", c.where, manyEmails),
			mebibytes(peak), "", "", "under 200 MiB"})
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	var times []time.Duration
	for range 5 {
		start := time.Now()
		_, stop, err := started(r.emulator("--state", file))
		times = append(times, time.Since(start))
		if err != nil {
			return nil, err
		}
		stop()
	}
	return append(rows,
		row{fmt.Sprintf("emulator: size of the state file of %d messages", manyEmails), mebibytes(info.Size()), "", "", "under 200 MiB"},
		row{fmt.Sprintf("emulator: start to base URL with %d messages in the state file", manyEmails),
			median(times).Round(time.Millisecond).String(), "", "", "under 1s"}), nil
}

// peakOfMany sends many emails to an emulator, and returns its peak memory.
func (r *emailRun) peakOfMany(args ...string) (int64, error) {
	cmd, peak := r.p.watched(r.emulator(args...))
	endpoint, stop, err := started(cmd)
	if err != nil {
		return 0, err
	}
	template, err := prepare(endpoint, r.receiver.url)
	if err == nil {
		_, err = sendEmails(endpoint, r.receiver.url, template, 1, manyEmails)
	}
	if err != nil {
		stop()
		return 0, err
	}
	if err := errors.Join(cmd.Process.Signal(os.Interrupt), cmd.Wait()); err != nil {
		return 0, err
	}
	return peak()
}

// started starts a server that prints its base URL first.
func started(cmd *exec.Cmd) (endpoint string, stop func(), err error) {
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the emulator did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

// emailsInTurns returns the median time of an event of the emulator, and of the loop.
func (r *emailRun) emailsInTurns(endpoint string, recipients int) (ours, theirs time.Duration, err error) {
	template, err := prepare(endpoint, r.receiver.url)
	if err != nil {
		return 0, 0, err
	}
	body, err := deliveredBody()
	if err != nil {
		return 0, 0, err
	}
	var as, bs []time.Duration
	for range rounds {
		a, err := sendEmails(endpoint, r.receiver.url, template, recipients, emails/recipients)
		if err != nil {
			return 0, 0, err
		}
		b, err := r.postEmails([]byte(emailBody(template, recipients)), body, recipients, emails/recipients)
		if err != nil {
			return 0, 0, err
		}
		as, bs = append(as, a), append(bs, b)
	}
	return median(as), median(bs), nil
}

// prepare sets the callback of the account, and makes a template. It returns the id of
// the template.
func prepare(endpoint, receiver string) (int, error) {
	if _, err := call(endpoint, "UpdateWebhookUrl", fmt.Sprintf(`{"Url":%q}`, receiver)); err != nil {
		return 0, err
	}
	answer, err := call(endpoint, "CreateEmailTemplate", `{"TemplateName":"bench","TemplateContent":{"Html":"PHA+aGVsbG88L3A+"}}`)
	if err != nil {
		return 0, err
	}
	_, id, _ := strings.Cut(answer, `"TemplateID":`)
	id = id[:strings.IndexFunc(id+"}", func(r rune) bool { return r < '0' || r > '9' })]
	return strconv.Atoi(id)
}
