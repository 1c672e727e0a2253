// Package config decides where a command acts and with which settings. A flag
// takes priority over the environment, the environment over the profile, and the
// profile over the default.
//
// It knows the configuration file, the user's folders and the names of the
// environment variables. It does not know credentials themselves, only where they
// come from: the configuration file never holds a secret.
package config
