// Package label holds the words of the domain: what a taxonomy, a rule, a
// correction, a decision and a contact are. It is the ground floor: it imports
// nothing of ours, so every other package can speak in its terms.
package label

import "fmt"

// Axis is one of the two questions asked of every job title. What an axis is
// called in a team's sheet, and which values it has, is the team's own.
type Axis uint8

// The two axes. They index [AxisCount]T arrays.
const (
	Role      Axis = 0
	Seniority Axis = 1
	// AxisCount is the number of axes.
	AxisCount = 2
)

// Axes lists the axes in their fixed order.
func Axes() [AxisCount]Axis { return [AxisCount]Axis{Role, Seniority} }

// String is the axis' name in logs, columns and file names: "role" or "seniority".
func (a Axis) String() string {
	switch a {
	case Role:
		return "role"
	case Seniority:
		return "seniority"
	}
	return fmt.Sprintf("axis(%d)", uint8(a))
}

// ParseAxis reads what String wrote. The error names the text.
func ParseAxis(s string) (Axis, error) {
	for _, a := range Axes() {
		if a.String() == s {
			return a, nil
		}
	}
	return 0, fmt.Errorf("axis %q is neither role nor seniority", s)
}

// Value is a label's stable identity: the internal value that HubSpot stores.
// It does not change when a team renames the label in the sheet. "" is no label.
type Value string
