// Package plain is "callback resolve" in a plain form: cobra, Tencent's SDK and
// tablewriter, and nothing else. It shows how much of the time of sesctl the three
// libraries take.
package plain

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/spf13/cobra"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// Main runs "callback resolve ADDRESS" and returns the exit status.
func Main() int {
	root, group := &cobra.Command{Use: "plainresolve", SilenceUsage: true}, &cobra.Command{Use: "callback"}
	group.AddCommand(&cobra.Command{Use: "resolve ADDRESS", Args: cobra.ExactArgs(1), RunE: resolve})
	root.AddCommand(group)
	if root.Execute() != nil {
		return 1
	}
	return 0
}

func resolve(_ *cobra.Command, args []string) error {
	var account struct{ Response struct{ Url string } }
	var callbacks struct {
		Response struct {
			AddressTrackUrlList []struct{ Address, TrackUrl string }
		}
	}
	var senders struct {
		Response struct {
			EmailSenders []struct{ EmailAddress string }
		}
	}
	client := newClient()
	var wait sync.WaitGroup
	var errs [3]error
	wait.Go(func() { errs[0] = call(client, "GetWebhookUrl", nil, &account) })
	wait.Go(func() {
		errs[1] = call(client, "ListAddressTrackUrl", map[string]any{"Limit": 100, "Offset": 0}, &callbacks)
	})
	wait.Go(func() { errs[2] = call(client, "ListEmailAddress", nil, &senders) })
	wait.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	url, source, registered := account.Response.Url, "none", "no"
	if url != "" {
		source = "account"
	}
	for _, c := range callbacks.Response.AddressTrackUrlList {
		if strings.EqualFold(c.Address, args[0]) {
			url, source = c.TrackUrl, "sender"
		}
	}
	for _, s := range senders.Response.EmailSenders {
		if strings.EqualFold(s.EmailAddress, args[0]) {
			registered = "yes"
		}
	}
	return show([]string{"SENDER", "SOURCE", "REGISTERED", "CALLBACK"}, []string{args[0], source, registered, url})
}

func newClient() *common.Client {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme = "HTTP"
	p.HttpProfile.Endpoint = strings.TrimPrefix(os.Getenv("SESCTL_ENDPOINT"), "http://")
	credential := common.NewCredential(os.Getenv("TENCENTCLOUD_SECRET_ID"), os.Getenv("TENCENTCLOUD_SECRET_KEY"))
	return common.NewCommonClient(credential, cmp.Or(os.Getenv("TENCENTCLOUD_REGION"), "ap-guangzhou"), p)
}

func call(client *common.Client, action string, parameters map[string]any, into any) error {
	request := tchttp.NewCommonRequest("ses", "2020-10-02", action)
	if err := request.SetActionParameters(parameters); err != nil {
		return err
	}
	response := tchttp.NewCommonResponse()
	if err := client.Send(request, response); err != nil {
		return err
	}
	return json.Unmarshal(response.GetBody(), into)
}

// show prints a table without lines, as sesctl does.
func show(header, row []string) error {
	cells := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: "  ", Overwrite: true}},
	}
	table := tablewriter.NewTable(os.Stdout, tablewriter.WithConfig(tablewriter.Config{Header: cells, Row: cells}), tablewriter.WithRenderer(
		renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})))
	table.Header(header)
	if err := table.Append(row); err != nil {
		return err
	}
	return table.Render()
}
