package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

type deliveriesOptions struct {
	emulator.Filter
	state string
	since string
	wait  bool
}

func newDeliveriesCommand(a *app) *cobra.Command {
	var o deliveriesOptions
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List the events that the emulator delivered or tried to deliver",
		Long: `List the events that the emulator delivered or tried to deliver, oldest first,
with their attempts and outcomes. --endpoint lists the deliveries of an emulator
that is being served. Without it, the deliveries of the local state are listed.

  pending   being delivered, or waiting for the next attempt
  accepted  the callback answered 2xx
  failed    all attempts failed
  skipped   there was no callback, or its host is public (see emulator serve)

With --wait, the list is printed when no delivery is pending. For the local
state, this command makes the pending deliveries itself.`,
		Example: `  sesctl emulator deliveries
  sesctl emulator deliveries --wait -o json
  sesctl emulator deliveries --recipient bounce@example.com --state failed`,
		Args: noArgs,
		RunE: a.run(func(ctx context.Context, _ []string) error { return runDeliveries(ctx, a, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.Message, "message", "", "show only events of the message with this `ID`, as SendEmail returned it")
	f.StringVar(&o.Sender, "sender", "", "show only events of emails from this sender `ADDRESS`")
	f.StringVar(&o.Recipient, "recipient", "", "show only events of this recipient `ADDRESS`")
	f.StringVar(&o.state, "state", "", "show only deliveries in this `STATE`: pending, accepted, failed or skipped")
	f.StringVar(&o.since, "since", "", "show only deliveries since `TIME`: 10m, 7d, yesterday, a day or RFC 3339")
	f.BoolVar(&o.wait, "wait", false, "wait until no delivery is pending")
	return withColumns(cmd, deliveryColumns)
}

func runDeliveries(ctx context.Context, a *app, o deliveriesOptions) error {
	var err error
	if o.State, err = emulator.ParseState(o.state); err != nil {
		return err
	}
	if o.Since, _, err = parseTime(a, "--since", o.since); err != nil {
		return err
	}
	listing, err := listDeliveries(ctx, a, o)
	if err != nil {
		return err
	}
	if listing.Dropped > 0 {
		a.warn("%d older deliveries were dropped", listing.Dropped)
	}
	return a.print(deliveriesResult(a, listing.Deliveries))
}

func listDeliveries(ctx context.Context, a *app, o deliveriesOptions) (emulator.Listing, error) {
	place, err := a.emulatorPlace()
	if err != nil {
		return emulator.Listing{}, err
	}
	if place.served {
		return place.client.Deliveries(ctx, o.Filter, o.wait)
	}
	e, err := a.account.Emulator(ctx)
	if err != nil {
		return emulator.Listing{}, err
	}
	if o.wait {
		if err := e.Resume(); err != nil {
			return emulator.Listing{}, err
		}
		if err := e.Settle(ctx); err != nil {
			return emulator.Listing{}, fmt.Errorf("waiting for the deliveries: %w", err)
		}
	}
	return e.DeliveriesOf(o.Filter)
}

var deliveryColumns = []output.Column{
	{Name: "time", Keep: true}, {Name: "type"}, {Name: "recipient", Fit: output.Address}, {Name: "callback", Fit: output.URL},
	{Name: "attempts", Fit: output.Text}, {Name: "status", Paint: paintDelivery, Keep: true, Verbatim: true}, {Name: "reason", Fit: output.Sentences},
	{Name: "id", Wide: true}, {Name: "sender", Fit: output.Address, Wide: true}, {Name: "message id", Wide: true},
}

func deliveriesResult(a *app, deliveries []emulator.Delivery) output.Result {
	r := output.Result{Data: deliveries, Table: &output.Table{
		Columns: deliveryColumns,
		Empty:   "no deliveries",
	}}
	for _, d := range deliveries {
		r.Quiet = append(r.Quiet, d.MessageID)
		r.Table.Rows = append(r.Table.Rows, []string{
			a.timeCell(d.Time, d.Time.Format(time.RFC3339)), string(d.Type), d.Recipient, a.url(callback.NewURL(d.URL)),
			strconv.Itoa(len(d.Attempts)), string(d.Status), deliveryReason(d),
			strconv.FormatUint(d.ID, 10), d.Sender, d.MessageID})
	}
	return r
}

// deliveryReason returns why a delivery failed, was skipped, or needed several attempts.
func deliveryReason(d emulator.Delivery) string {
	if d.Reason != "" || d.Status != emulator.DeliveryPending || len(d.Attempts) == 0 {
		return d.Reason
	}
	return d.Attempts[len(d.Attempts)-1].Error
}

func paintDelivery(cell string) output.Color {
	switch emulator.DeliveryStatus(cell) {
	case emulator.DeliveryAccepted:
		return output.Green
	case emulator.DeliveryFailed:
		return output.Red
	case emulator.DeliveryPending:
		return output.Yellow
	}
	return output.Faint
}
