// Package config decides where a command acts and with which settings. A flag
// takes priority over the environment, the environment over the profile, and the
// profile over the default.
//
// It knows the configuration file, the user's folders and the names of the
// environment variables. It knows the source of the credentials and not the
// credentials themselves. The configuration file never holds a secret.
package config
