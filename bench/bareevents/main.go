// Command bareevents receives or sends events with the standard library alone.
// bench compares sesctl with it.
//
//	bareevents serve          reads and parses each body, and answers 200; a GET
//	                          returns the number of events so far
//	bareevents send URL N C   sends N events, with C in flight
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
)

const body = `{"event":"bounce","email":"example@example.com","bulkId":"qcloudses-30-251200670-date-20220601142439-8jolHvR2XcXC1","timestamp":1654064683,"reason":"551 5.1.1 recipient is not exist","bounceType":"hard_bounce","username":"251200670","from":"test@fromexample.com","fromDomain":"fromexample.com","templateId":123456,"subject":"example subject","messageId":"ea2783c1-7704-48a8-af36-2b9e83e767ec@fromexample.com","sentTimestamp":1761555487,"X-Tencentcloudses-Cb-Custom":"ses callback"}`

func main() {
	var err error
	if len(os.Args) == 5 && os.Args[1] == "send" {
		err = send(os.Args[2], os.Args[3], os.Args[4])
	} else {
		err = serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "listening on http://%s/\n", listener.Addr())
	var received atomic.Int64
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprint(w, received.Load())
			return
		}
		data, err := io.ReadAll(r.Body)
		var fields map[string]any
		if err == nil {
			err = json.Unmarshal(data, &fields)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		received.Add(1)
	}))
}

func send(url, count, parallel string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	c, err := strconv.Atoi(parallel)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c}}
	var next, failed atomic.Int64
	var workers sync.WaitGroup
	for range c {
		workers.Go(func() {
			for next.Add(1) <= int64(n) {
				response, err := client.Post(url, "application/json", bytes.NewReader([]byte(body)))
				if err != nil {
					failed.Add(1)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	workers.Wait()
	if failed.Load() > 0 {
		return fmt.Errorf("%d were not answered", failed.Load())
	}
	return nil
}
