package expr

import (
	"context"
	"errors"
)

func Evaluate(_ context.Context, nodes []Node, _ map[string]Result, _ Environment) map[string]Result {
	out := map[string]Result{}
	for _, n := range nodes {
		out[n.RefID] = Result{Err: errors.New("expressions are not computed")}
	}
	return out
}
