package httpapi

import (
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// writeExpr writes a parsed expression as a tree of objects. Members stand in
// alphabetical order, because upstream writes maps.
func writeExpr(j *jsonWriter, e parser.Expr) {
	switch n := e.(type) {
	case nil:
		j.null()
	case *parser.AggregateExpr:
		writeAggregation(j, n)
	case *parser.BinaryExpr:
		writeBinary(j, n)
	case *parser.Call:
		writeCall(j, n)
	case *parser.DurationExpr:
		writeDuration(j, n)
	case *parser.MatrixSelector:
		writeSelector(j, n.VectorSelector.(*parser.VectorSelector), n)
	case *parser.VectorSelector:
		writeSelector(j, n, nil)
	case *parser.SubqueryExpr:
		writeSubquery(j, n)
	case *parser.NumberLiteral:
		j.beginObject()
		j.key("type")
		j.str("numberLiteral")
		j.key("val")
		j.str(strconv.FormatFloat(n.Val, 'f', -1, 64))
		j.endObject()
	case *parser.StringLiteral:
		j.beginObject()
		j.key("type")
		j.str("stringLiteral")
		j.key("val")
		j.str(n.Val)
		j.endObject()
	case *parser.ParenExpr:
		j.beginObject()
		j.key("expr")
		writeExpr(j, n.Expr)
		j.key("type")
		j.str("parenExpr")
		j.endObject()
	case *parser.UnaryExpr:
		j.beginObject()
		j.key("expr")
		writeExpr(j, n.Expr)
		j.key("op")
		j.str(n.Op.String())
		j.key("type")
		j.str("unaryExpr")
		j.endObject()
	default:
		j.null()
	}
}

func writeAggregation(j *jsonWriter, n *parser.AggregateExpr) {
	j.beginObject()
	j.key("expr")
	writeExpr(j, n.Expr)
	j.key("grouping")
	j.strs(n.Grouping)
	j.key("op")
	j.str(n.Op.String())
	j.key("param")
	writeExpr(j, n.Param)
	j.key("type")
	j.str("aggregation")
	j.key("without")
	j.bool(n.Without)
	j.endObject()
}

func writeBinary(j *jsonWriter, n *parser.BinaryExpr) {
	j.beginObject()
	j.key("bool")
	j.bool(n.ReturnBool)
	j.key("lhs")
	writeExpr(j, n.LHS)
	j.key("matching")
	if m := n.VectorMatching; m != nil {
		j.beginObject()
		j.key("card")
		j.str(m.Card.String())
		j.key("fillValues")
		j.beginObject()
		j.key("lhs")
		writeOptionalFloat(j, m.FillValues.LHS)
		j.key("rhs")
		writeOptionalFloat(j, m.FillValues.RHS)
		j.endObject()
		j.key("include")
		j.strs(m.Include)
		j.key("labels")
		j.strs(m.MatchingLabels)
		j.key("on")
		j.bool(m.On)
		j.endObject()
	} else {
		j.null()
	}
	j.key("op")
	j.str(n.Op.String())
	j.key("rhs")
	writeExpr(j, n.RHS)
	j.key("type")
	j.str("binaryExpr")
	j.endObject()
}

func writeCall(j *jsonWriter, n *parser.Call) {
	j.beginObject()
	j.key("args")
	j.beginArray()
	for _, a := range n.Args {
		writeExpr(j, a)
	}
	j.endArray()
	j.key("func")
	j.beginObject()
	j.key("argTypes")
	if n.Func.ArgTypes == nil {
		j.null()
	} else {
		j.beginArray()
		for _, t := range n.Func.ArgTypes {
			j.str(string(t))
		}
		j.endArray()
	}
	j.key("name")
	j.str(n.Func.Name)
	j.key("returnType")
	j.str(string(n.Func.ReturnType))
	j.key("variadic")
	j.int(int64(n.Func.Variadic))
	j.endObject()
	j.key("type")
	j.str("call")
	j.endObject()
}

// writeSelector writes a vector selector, or the matrix selector over it.
func writeSelector(j *jsonWriter, n *parser.VectorSelector, matrix *parser.MatrixSelector) {
	j.beginObject()
	j.key("anchored")
	j.bool(n.Anchored)
	j.key("matchers")
	writeMatchers(j, n.LabelMatchers)
	j.key("name")
	j.str(n.Name)
	j.key("offset")
	j.int(n.OriginalOffset.Milliseconds())
	j.key("offsetExpr")
	writeOptionalDuration(j, n.OriginalOffsetExpr)
	if matrix != nil {
		j.key("range")
		j.int(matrix.Range.Milliseconds())
		j.key("rangeExpr")
		writeOptionalDuration(j, matrix.RangeExpr)
	}
	j.key("smoothed")
	j.bool(n.Smoothed)
	j.key("startOrEnd")
	writeStartOrEnd(j, n.StartOrEnd)
	j.key("timestamp")
	writeOptionalInt(j, n.Timestamp)
	j.key("type")
	if matrix != nil {
		j.str("matrixSelector")
	} else {
		j.str("vectorSelector")
	}
	j.endObject()
}

func writeSubquery(j *jsonWriter, n *parser.SubqueryExpr) {
	j.beginObject()
	j.key("expr")
	writeExpr(j, n.Expr)
	j.key("offset")
	j.int(n.OriginalOffset.Milliseconds())
	j.key("offsetExpr")
	writeOptionalDuration(j, n.OriginalOffsetExpr)
	j.key("range")
	j.int(n.Range.Milliseconds())
	j.key("rangeExpr")
	writeOptionalDuration(j, n.RangeExpr)
	j.key("startOrEnd")
	writeStartOrEnd(j, n.StartOrEnd)
	j.key("step")
	j.int(n.Step.Milliseconds())
	j.key("stepExpr")
	writeOptionalDuration(j, n.StepExpr)
	j.key("timestamp")
	writeOptionalInt(j, n.Timestamp)
	j.key("type")
	j.str("subquery")
	j.endObject()
}

// writeOptionalDuration takes a typed pointer that may be nil.
func writeOptionalDuration(j *jsonWriter, n *parser.DurationExpr) {
	if n == nil {
		j.null()
		return
	}
	writeDuration(j, n)
}

// writeDuration writes an expression that stands where a duration does: its
// literals say whether they were written as one.
func writeDuration(j *jsonWriter, e parser.Expr) {
	switch n := e.(type) {
	case *parser.DurationExpr:
		if n == nil {
			j.null()
			return
		}
		j.beginObject()
		j.key("lhs")
		writeDuration(j, n.LHS)
		j.key("op")
		j.str(n.Op.String())
		j.key("rhs")
		writeDuration(j, n.RHS)
		j.key("type")
		j.str("durationExpr")
		j.key("wrapped")
		j.bool(n.Wrapped)
		j.endObject()
	case *parser.NumberLiteral:
		j.beginObject()
		j.key("duration")
		j.bool(n.Duration)
		j.key("type")
		j.str("numberLiteral")
		j.key("val")
		j.str(strconv.FormatFloat(n.Val, 'f', -1, 64))
		j.endObject()
	default:
		writeExpr(j, e)
	}
}

func writeMatchers(j *jsonWriter, ms []*labels.Matcher) {
	j.beginArray()
	for _, m := range ms {
		j.beginObject()
		j.key("name")
		j.str(m.Name)
		j.key("type")
		j.str(m.Type.String())
		j.key("value")
		j.str(m.Value)
		j.endObject()
	}
	j.endArray()
}

func writeStartOrEnd(j *jsonWriter, t parser.ItemType) {
	if t == 0 {
		j.null()
		return
	}
	j.str(t.String())
}

func writeOptionalInt(j *jsonWriter, v *int64) {
	if v == nil {
		j.null()
		return
	}
	j.int(*v)
}

func writeOptionalFloat(j *jsonWriter, v *float64) {
	if v == nil {
		j.null()
		return
	}
	j.float(*v)
}
