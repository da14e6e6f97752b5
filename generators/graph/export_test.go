package graph

// Hold and the limits, for the tests of the whole package.
var (
	Hold   = hold
	Escape = escape
	Fitted = fitted
)
