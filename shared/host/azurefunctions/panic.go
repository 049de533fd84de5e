package azurefunctions

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// safely makes a panic an error with its stack. The panic of one invocation MUST
// NOT take down the others of this process.
func safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{value: p, stack: string(debug.Stack())}
		}
	}()
	return do()
}

// panicError is a panic and where it happened.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("the function panicked: %v", e.value) }

// LogValue shows the stack, which the error's text leaves out.
func (e *panicError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("panic", fmt.Sprint(e.value)), slog.String("stack", e.stack))
}
