// Command sdkcall makes one call with Tencent's SDK. bench compares
// "sesctl callback resolve" with it.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"
)

func main() {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = strings.TrimPrefix(os.Getenv("SESCTL_ENDPOINT"), "http://")
	client, err := ses.NewClient(common.NewCredential("local", "local"), "ap-guangzhou", p)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answer, err := client.ListEmailAddress(ses.NewListEmailAddressRequest())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(len(answer.Response.EmailSenders))
}
