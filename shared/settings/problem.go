package settings

import (
	"errors"
	"fmt"
)

// Problem is one thing that is wrong with one setting. It never holds the value
// of a secret.
type Problem struct {
	// Name is the variable's name.
	Name string
	// What is wrong, and what to Do about it.
	What string
	Do   string
}

// Error returns "NAME what: do".
func (p *Problem) Error() string { return fmt.Sprintf("%s %s: %s", p.Name, p.What, p.Do) }

// named returns problems as one error, nil if there are none. Those that have
// no name yet get this one.
func named(name string, problems ...*Problem) error {
	var errs []error
	for _, p := range problems {
		if p == nil {
			continue
		}
		if p.Name == "" {
			p.Name = name
		}
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}
