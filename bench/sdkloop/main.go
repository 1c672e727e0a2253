// Command sdkloop creates callbacks of senders with Tencent's SDK. bench compares
// "sesctl callback apply" with it.
//
//	sdkloop FILE PARALLEL
//
// Each line of FILE holds a sender address and a URL. PARALLEL is the number of calls
// in flight.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	parallel, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = strings.TrimPrefix(os.Getenv("SESCTL_ENDPOINT"), "http://")
	client := common.NewCommonClient(common.NewCredential("local", "local"), "ap-guangzhou", p)
	client.WithHttpTransport(&http.Transport{MaxIdleConnsPerHost: parallel})
	lines := make(chan string)
	var first error
	var once sync.Once
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() {
			for line := range lines {
				if err := create(client, line); err != nil {
					once.Do(func() { first = err })
				}
			}
		})
	}
	for line := range strings.Lines(string(data)) {
		lines <- strings.TrimSpace(line)
	}
	close(lines)
	workers.Wait()
	return first
}

func create(client *common.Client, line string) error {
	address, url, _ := strings.Cut(line, " ")
	body, err := json.Marshal(map[string]string{"Address": address, "TrackUrl": url})
	if err != nil {
		return err
	}
	request := tchttp.NewCommonRequest("ses", "2020-10-02", "CreateAddressTrackUrl")
	if err := request.SetActionParameters(body); err != nil {
		return err
	}
	return client.Send(request, tchttp.NewCommonResponse())
}
