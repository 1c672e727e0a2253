package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/internal/ses"
	"github.com/sesctl/sesctl/pkg/callback"
)

type deliveriesOptions struct {
	message string
	wait    bool
}

func newDeliveriesCommand(a *app) *cobra.Command {
	var o deliveriesOptions
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List the events that the emulator has delivered, or tried to",
		Long: `List the events that the emulator has delivered, or tried to, oldest first: each
with its attempts and what became of it. With --endpoint, of an emulator that is
served; with --local, of the local state.

  pending   it is being delivered, or waits for its next attempt
  accepted  the callback answered 2xx
  failed    every attempt was in vain
  skipped   there was no callback, or its host is public (see emulator serve)

With --wait the list comes when nothing is pending any more; the local state's
pending deliveries are then delivered by this command.`,
		Example: `  sesctl emulator deliveries
  sesctl emulator deliveries --wait -o json`,
		Args: noArgs,
		RunE: a.run(func(ctx context.Context, _ []string) error { return runDeliveries(ctx, a, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.message, "message", "", "only the events of the message with this `ID`, which SendEmail returned")
	f.BoolVar(&o.wait, "wait", false, "wait until nothing is pending")
	return withColumns(cmd, deliveryColumns)
}

func runDeliveries(ctx context.Context, a *app, o deliveriesOptions) error {
	listing, err := listDeliveries(ctx, a, o.wait)
	if err != nil {
		return err
	}
	if listing.Dropped > 0 {
		a.warn("%d older deliveries are not kept any more", listing.Dropped)
	}
	chosen := []emulator.Delivery{}
	for _, d := range listing.Deliveries {
		if o.message == "" || d.MessageID == o.message {
			chosen = append(chosen, d)
		}
	}
	return a.print(deliveriesResult(a, chosen))
}

func listDeliveries(ctx context.Context, a *app, wait bool) (emulator.Listing, error) {
	settings, err := a.where()
	if err != nil {
		return emulator.Listing{}, err
	}
	if !settings.Local {
		if err := ses.CheckEndpoint(settings.Endpoint.Value); err != nil {
			return emulator.Listing{}, err
		}
	}
	if !settings.Loopback() {
		return emulator.Listing{}, failure.New(failure.Usage, "%s is no emulator on this machine", callback.Mask(settings.Endpoint.Value)).
			WithHint("give --local, or --endpoint with the URL that \"sesctl emulator serve\" prints")
	}
	if !settings.Local {
		return emulator.FetchDeliveries(ctx, settings.Endpoint.Value, wait)
	}
	if _, err := a.openClient(ctx); err != nil {
		return emulator.Listing{}, err
	}
	if wait {
		if err := a.emulator.Resume(); err != nil {
			return emulator.Listing{}, err
		}
		if err := a.emulator.Settle(ctx); err != nil {
			return emulator.Listing{}, fmt.Errorf("waiting for the deliveries: %w", err)
		}
	}
	var listing emulator.Listing
	listing.Deliveries, listing.Dropped, err = a.emulator.Deliveries()
	return listing, err
}

var deliveryColumns = []output.Column{
	{Name: "time", Keep: true}, {Name: "type"}, {Name: "recipient", Fit: output.Address}, {Name: "callback", Fit: output.URL},
	{Name: "attempts", Fit: output.Text}, {Name: "status", Paint: paintDelivery, Keep: true}, {Name: "reason", Fit: output.Sentences},
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

// deliveryReason is why a delivery did not end, or not at once.
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
