package emulator_test

import (
	"slices"
	"testing"
	"time"

	ses "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/ses/v20201002"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/event"
)

func TestStatisticsMatchTheEvents(t *testing.T) {
	t.Parallel()
	e, client, c := sdkEmulator(t, emulator.Options{})
	check(t, sendTo(client, 1, "{}", "open+click@x.com", "bounce@y.com", "spam@y.com", "unsubscribe@x.com", "defer+bounce+2@y.com", "a@y.com"))
	settle(t, e)
	happened := map[event.Type]uint64{}
	for _, got := range c.got {
		happened[got.Type]++
	}
	today := time.Now().In(time.FixedZone("China", 8*3600)).Format(time.DateOnly)
	get := ses.NewGetStatisticsReportRequest()
	get.StartDate, get.EndDate = &today, &today
	report, err := client.GetStatisticsReport(get)
	check(t, err)
	all := report.Response.OverallVolume
	want := []uint64{6, 6, happened[event.Delivered], happened[event.Open], happened[event.Click], happened[event.Bounce], happened[event.Unsubscribe]}
	got := []uint64{*all.RequestCount, *all.AcceptedCount, *all.DeliveredCount, *all.OpenedCount, *all.ClickedCount, *all.BounceCount, *all.UnsubscribeCount}
	if !slices.Equal(got, want) || len(report.Response.DailyVolumes) != 1 || *report.Response.DailyVolumes[0].SendDate != today {
		t.Errorf("%v, want %v: %s", got, want, report.ToJsonString())
	}
	get.ReceivingMailboxType, get.Domain = text("x.com"), text("mail.example.com")
	report, err = client.GetStatisticsReport(get)
	check(t, err)
	if *report.Response.OverallVolume.RequestCount != 2 {
		t.Errorf("of x.com: %s", report.ToJsonString())
	}
	get.EndDate = text("2000-01-01")
	if _, err := client.GetStatisticsReport(get); codeOf(err) != sesapi.CodeWrongDate {
		t.Errorf("the end before the start: %v", err)
	}
	abuse := ses.NewGetAbuseReportRequest()
	abuse.StartTime, abuse.EndTime, abuse.ToAddress = &today, &today, text("spam@y.com")
	complaints, err := client.GetAbuseReport(abuse)
	check(t, err)
	if *complaints.Response.TotalCount != 1 || *complaints.Response.Data[0].OriginalMailFrom != news || *complaints.Response.Data[0].Mta != "y.com" {
		t.Errorf("complaints: %s", complaints.ToJsonString())
	}
	abuse.FromDomain = text("other.example.com")
	if none, err := client.GetAbuseReport(abuse); err != nil || *none.Response.TotalCount != 0 {
		t.Errorf("complaints of another domain: %v", err)
	}
	abuse.StartTime = text("noon")
	if _, err := client.GetAbuseReport(abuse); codeOf(err) != sesapi.CodeInvalidStartTime {
		t.Errorf("a time that is none: %v", err)
	}
}
