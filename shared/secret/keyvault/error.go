package keyvault

// Error is a read that failed. Its text is one line that says what is wrong and
// what to do. What it wraps is for errors.As and errors.Is only and MUST NOT be
// printed: the errors of azcore and azidentity hold URLs and the bodies of
// answers.
type Error struct {
	// Secret and Vault are the names of the secret and of the vault's host.
	Secret, Vault string
	// What is wrong, and what to Do about it.
	What, Do string

	is, err error
}

// Error returns "the secret NAME of HOST cannot be read: what; do".
func (e *Error) Error() string {
	return "the secret " + e.Secret + " of " + e.Vault + " cannot be read: " + e.What + "; " + e.Do
}

// Is reports whether target is secret.ErrNotFound or secret.ErrUnusable, and the
// vault said so.
func (e *Error) Is(target error) bool { return e.is != nil && target == e.is }

// Unwrap returns what happened: *azcore.ResponseError for an answer,
// *azidentity.AuthenticationFailedError when there is no token, the cause of ctx's
// end, or what broke the connection. nil if the answer was a success.
func (e *Error) Unwrap() error { return e.err }

// verdict is why a read failed.
type verdict struct {
	what, do string
	// is is secret.ErrNotFound, secret.ErrUnusable or nil, err what happened.
	is, err error
}

func (v *Vault) failed(name string, because verdict) error {
	return &Error{Secret: name, Vault: v.host, What: because.what, Do: because.do, is: because.is, err: because.err}
}
