package settings

import (
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
)

var (
	percentPattern  = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	instancePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
)

// text stores a value as it is.
func text(field func(*Settings) *string) func(*Settings, string) *Problem {
	return func(s *Settings, value string) *Problem {
		*field(s) = value
		return nil
	}
}

// secret stores a secret as it is.
func secret(field func(*Settings) *Secret) func(*Settings, string) *Problem {
	return func(s *Settings, value string) *Problem {
		*field(s) = Secret(value)
		return nil
	}
}

func readPortBaseURL(s *Settings, value string) *Problem {
	// /v1 is appended; who copied it along means the same.
	s.PortBaseURL = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(value, "/"), "/v1"), "/")
	return nil
}

func readHookUsername(s *Settings, value string) *Problem {
	if strings.Contains(value, ":") {
		return &Problem{What: "has a colon, which ends a user name", Do: "choose a name without one"}
	}
	s.ServiceHookUsername = value
	return nil
}

// ParsePasswords splits the value of SERVICE_HOOK_PASSWORD, from wherever it
// came. The error is a *Problem.
func ParsePasswords(value Secret) ([]Secret, error) {
	passwords, problem := splitPasswords(value.Reveal())
	return passwords, named("SERVICE_HOOK_PASSWORD", problem)
}

func readHookPasswords(s *Settings, value string) (problem *Problem) {
	s.ServiceHookPasswords, problem = splitPasswords(value)
	return problem
}

// splitPasswords refuses an empty password: everybody would know it.
func splitPasswords(value string) ([]Secret, *Problem) {
	var passwords []Secret
	for password := range strings.SplitSeq(value, ",") {
		password = strings.TrimSpace(password)
		if password == "" {
			return nil, &Problem{What: "has an empty password before, after or between its commas", Do: "remove that comma"}
		}
		passwords = append(passwords, Secret(password))
	}
	return passwords, nil
}

func readPercent(s *Settings, value string) *Problem {
	percent, err := strconv.ParseFloat(value, 64)
	if err != nil || !percentPattern.MatchString(value) || percent > 100 {
		return &Problem{What: fmt.Sprintf("is %q, which is not a number from 0 to 100", value), Do: "give it as 20 or 12.5, without a percent sign"}
	}
	s.PruneMaxPercent = percent
	return nil
}

func readInstance(s *Settings, value string) *Problem {
	if !instancePattern.MatchString(value) {
		return &Problem{
			What: fmt.Sprintf("is %q, which cannot be an instance's name", value),
			Do:   "use 1 to 64 letters, digits, _, . or -, and begin with a letter or digit",
		}
	}
	s.Instance = value
	return nil
}

func readLogLevel(s *Settings, value string) *Problem {
	level, ok := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[strings.ToLower(value)]
	if !ok {
		return &Problem{What: fmt.Sprintf("is %q, which is not a level", value), Do: "use debug, info, warn or error"}
	}
	s.LogLevel = level
	return nil
}

func readLogFormat(s *Settings, value string) *Problem {
	format := strings.ToLower(value)
	if format != "json" && format != "text" {
		return &Problem{What: fmt.Sprintf("is %q, which is not a format", value), Do: "use json or text, or remove it"}
	}
	s.LogFormat = format
	return nil
}

func readAllowHTTP(s *Settings, value string) *Problem {
	allow, err := strconv.ParseBool(value)
	if err != nil {
		return &Problem{What: fmt.Sprintf("is %q, which is neither true nor false", value), Do: "use true or false"}
	}
	s.AllowHTTP = allow
	return nil
}
