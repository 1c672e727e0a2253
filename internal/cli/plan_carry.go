package cli

import (
	"github.com/spf13/cobra"

	"github.com/sesctl/sesctl/internal/failure"
)

// carryOptions control how apply and rollback carry out a plan.
type carryOptions struct {
	yes      bool
	force    bool
	verify   bool
	parallel int
	again    string // how to finish the work if a change fails
}

func (o *carryOptions) add(a *app, cmd *cobra.Command) {
	o.again = "run it again to finish"
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.force, "force", false, "allow the deletion of more than 30 % of 10 or more callbacks, or the loss of events for as many senders")
	cmd.Flags().IntVar(&o.parallel, "parallel", 8, "`N` changes at a time")
	cmd.Flags().Float64Var(&a.flags.rate, "rate", 0, "`N` calls a second for each action; 0 is the quota of the service, 20, and no limit for an emulator")
}

func (o carryOptions) check(a *app, what string) error {
	if o.parallel < 1 {
		return failure.New(failure.Usage, "--parallel %d: it must be at least 1", o.parallel)
	}
	if err := checkNumber("--rate", a.flags.rate); err != nil {
		return err
	}
	return a.mayAsk(o.yes, what)
}
