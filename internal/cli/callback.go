package cli

import "github.com/spf13/cobra"

func newCallbackCommand(a *app) *cobra.Command {
	return group("callback", "Set, read, resolve and delete callbacks",
		newSetCommand(a),
		newGetCommand(a),
		newListCommand(a),
		newDeleteCommand(a),
		newResolveCommand(a),
		newValidateCommand(a),
		newRulesCommand(a),
		newExportCommand(a),
		newPlanCommand(a),
		newApplyCommand(a),
		newHistoryCommand(a),
		newRollbackCommand(a),
		newSchemaCommand(a),
	)
}
