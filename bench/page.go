package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sesctl/sesctl/internal/emulator"
)

const (
	pageEvents = 10_000
	pageTimes  = 5
)

// measurePage measures the first paint of the emulator's page with many events in
// headless Chromium, against a page without anything in the same browser. A second row is
// the time until a row of the list is on the page.
func measurePage(ctx context.Context, _ *programs) ([]row, error) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		fmt.Fprintln(os.Stderr, "page: Chromium is not installed, so the page is not measured")
		return nil, nil
	}
	e, err := filledEmulator(ctx, pageEvents)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	ours, err := serveLoopback(serving, emulator.WithPage(e, e, emulator.PageOptions{Done: serving.Done()}))
	if err != nil {
		return nil, err
	}
	empty, err := serveLoopback(serving, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>empty</title><p>empty")
	}))
	if err != nil {
		return nil, err
	}
	tab, end, err := openBrowser(ctx, browser)
	if err != nil {
		return nil, err
	}
	defer end()
	var paints, bare, lists []time.Duration
	for range pageTimes {
		a, err := loaded(tab, empty, firstPaint)
		if err != nil {
			return nil, err
		}
		b, err := loaded(tab, ours, firstPaint)
		if err != nil {
			return nil, err
		}
		c, err := loaded(tab, ours, firstRow)
		if err != nil {
			return nil, err
		}
		bare, paints, lists = append(bare, a), append(paints, b), append(lists, c)
	}
	a, b, c := median(bare), median(paints), median(lists)
	against := "an empty page, " + a.Round(time.Millisecond).String()
	return []row{
		{"page: first paint with 10,000 events", b.Round(time.Millisecond).String(), against, ratio(b, a), "under 1s"},
		{"page: first row of 10,000 events", c.Round(time.Millisecond).String(), against, ratio(c, a), "under 1s"},
	}, nil
}

// filledEmulator returns an emulator with this many events, which no callback receives.
func filledEmulator(ctx context.Context, events int) (*emulator.Emulator, error) {
	e, err := emulator.Open(ctx, emulator.Options{})
	if err != nil {
		return nil, err
	}
	for i := range events {
		if _, err := e.SendTest(emulator.DefaultSenders()[0], fmt.Sprintf("r%d@example.com", i), "x"); err != nil {
			return nil, err
		}
	}
	return e, e.Settle(ctx)
}

// serveLoopback serves a handler until ctx ends, and returns its URL.
func serveLoopback(ctx context.Context, h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = emulator.Serve(ctx, listener, h) }()
	return "http://" + listener.Addr().String() + "/", nil
}

// openBrowser starts Chromium with a profile of its own.
func openBrowser(ctx context.Context, path string) (tab context.Context, end func(), err error) {
	profile, err := os.MkdirTemp("", "sesctl-bench-browser")
	if err != nil {
		return nil, nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.UserDataDir(profile))
	allocator, stop := chromedp.NewExecAllocator(ctx, options...)
	tab, cancel := chromedp.NewContext(allocator)
	end = func() {
		_ = chromedp.Cancel(tab)
		cancel()
		stop()
		os.RemoveAll(profile)
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 800)); err != nil {
		end()
		return nil, nil, err
	}
	return tab, end, nil
}

// Expressions that are a number of milliseconds since the navigation began, or 0 as long
// as it has not happened.
const (
	firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0`
	firstRow   = `document.querySelector('#list .row') ? performance.now() : 0`
)

// loaded loads a page, and returns when an expression is more than 0.
func loaded(tab context.Context, url, expression string) (time.Duration, error) {
	limited, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, chromedp.Navigate(url)); err != nil {
		return 0, err
	}
	for {
		ms, err := chromedp.Run(limited, chromedp.Evaluate[float64](expression))
		if err != nil {
			return 0, err
		}
		if ms > 0 {
			return time.Duration(ms * float64(time.Millisecond)), nil
		}
		time.Sleep(time.Millisecond)
	}
}
