package cli

// commandHabits returns a hint for each command that users know from other tools.
func commandHabits() map[string]string {
	return map[string]string{
		"login": credentialsHint, "auth": credentialsHint, "configure": credentialsHint, "logout": credentialsHint, "whoami": credentialsHint,
		"config": "'sesctl profile list' shows the configuration", "init": "'sesctl callback export' writes a first declaration",
		"create": useSet, "add": useSet, "put": useSet, "update": useSet, "edit": useSet, "replace": useSet,
		"remove": useDelete, "unset": useDelete, "del": useDelete, "destroy": useDelete,
		"describe": "'sesctl callback diagnose ADDRESS' explains what happens to the events of a sender",
		"status":   "'sesctl doctor' checks the configuration, and 'sesctl callback audit' the callbacks",
		"test":     "'sesctl callback check' tests a callback", "ping": "'sesctl callback check' tests a callback", "verify": "'sesctl callback check' tests a callback",
		"preview": "'sesctl callback plan -f FILE' shows what would change", "import": "'sesctl callback export' writes the account's callbacks as a declaration",
		"up": useApply, "deploy": useApply, "sync": useApply, "push": useApply,
		"undo": "'sesctl callback rollback ID' undoes changes", "revert": "'sesctl callback rollback ID' undoes changes",
		"log": "'sesctl callback history' lists the changes", "logs": "'sesctl callback history' lists the changes",
		"lint": "'sesctl callback validate' checks a declaration", "drift": "'sesctl callback plan -f FILE --exit-code' finds drift",
		"send": "'sesctl event trigger' sends a sample event", "webhook": "'sesctl callback' manages webhooks", "webhooks": "'sesctl callback' manages webhooks",
		"serve": "'sesctl emulator serve' runs the emulator", "mock": "'sesctl emulator serve' runs the emulator",
	}
}

const (
	credentialsHint = "sesctl does not store credentials: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY; 'sesctl doctor' shows the credentials that it finds"
	useSet          = "'sesctl callback set TARGET URL' sets a callback"
	useDelete       = "'sesctl callback delete TARGET' deletes a callback"
	useApply        = "'sesctl callback apply -f FILE' applies a declaration"
)

// profileHabits are commands for profiles that other tools have.
func profileHabits() map[string]string {
	return map[string]string{
		"use": choosesProfile, "switch": choosesProfile, "select": choosesProfile, "activate": choosesProfile, "current": choosesProfile, "get": choosesProfile,
		"set": writesProfile, "add": writesProfile, "create": writesProfile, "new": writesProfile, "edit": writesProfile, "delete": writesProfile, "remove": writesProfile, "rm": writesProfile,
	}
}

const (
	choosesProfile = "--profile NAME or SESCTL_PROFILE chooses a profile; 'sesctl profile show' shows the one that is used"
	writesProfile  = "the profiles are in the configuration file, which you edit; 'sesctl profile show' names the file"
)

// flagHabits returns what corresponds to the flags of other tools. The hint offers the
// first of these flags that the command has. Texts that are not flags are always
// offered.
func flagHabits() map[string][]string {
	return map[string][]string{
		"json": {"-o json"}, "yaml": {"-o yaml"}, "format": {"--output"}, "raw": {"--quiet"}, "short": {"--quiet"}, "silent": {"--quiet"}, "no-headers": {"--quiet"},
		"force": {"--replace", "--yes"}, "f": {"--file"}, "filename": {"--file"}, "auto-approve": {"--yes"}, "assume-yes": {"--yes"}, "confirm": {"--yes"}, "overwrite": {"--replace"},
		"debug": {"--verbose"}, "trace": {"--verbose"}, "dry-run": {"sesctl callback plan -f FILE"}, "check": {"--dry-run", "--exit-code"}, "detailed-exitcode": {"--exit-code"}, "what-if": {"--dry-run"},
		"email": {"--sender"}, "address": {"--sender"}, "from": {"--sender"}, "email-address": {"--sender"}, "url": {"--url-file", "--to", "--endpoint"},
		"context": {"--profile"}, "env": {"--profile"}, "endpoint-url": {"--endpoint"}, "secret-id": {"TENCENTCLOUD_SECRET_ID"}, "secret-key": {"TENCENTCLOUD_SECRET_KEY"}, "token": {"TENCENTCLOUD_TOKEN"},
		"config": {"SESCTL_CONFIG=FILE"}, "config-file": {"SESCTL_CONFIG=FILE"}, "no-colour": {"--no-color"}, "recursive": {"--all"}, "everything": {"--all"}, "max-items": {"--limit"}, "n": {"--limit", "--count"},
	}
}
