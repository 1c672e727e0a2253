package cli

import "github.com/spf13/cobra"

func newCallbackCommand(a *app) *cobra.Command {
	return group(a, "callback", "Set, read, resolve and delete callbacks",
		named{"set", newSetCommand},
		named{"get", newGetCommand},
		named{"list", newListCommand},
		named{"delete", newDeleteCommand},
		named{"resolve", newResolveCommand},
		named{"check", newCheckCommand},
		named{"audit", newAuditCommand},
		named{"diagnose", newDiagnoseCommand},
		named{"validate", newValidateCommand},
		named{"rules", newRulesCommand},
		named{"export", newExportCommand},
		named{"plan", newPlanCommand},
		named{"apply", newApplyCommand},
		named{"history", newHistoryCommand},
		named{"rollback", newRollbackCommand},
		named{"restore", newRestoreCommand},
		named{"schema", newSchemaCommand},
	)
}
