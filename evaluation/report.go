package evaluation

import "time"

// Report is what Run measured. All shares are 0 to 1.
type Report struct {
	Mode          string        `json:"mode"`   // in words: what was fitted on what, and measured on what
	Titles        int           `json:"titles"` // measured
	Runs          int           `json:"runs"`   // folds or seeds; figures are means over them
	Model         string        `json:"model"`  // the last classifier's ModelID
	Took          time.Duration `json:"took"`   // classification alone, nanoseconds
	TitlesASecond float64       `json:"titles_a_second"`
	Columns       []Column      `json:"columns"`
}

// Column is the measure of one label column.
type Column struct {
	Name      string    `json:"name"`
	Measured  int       `json:"measured"`  // answers, over all runs
	Accuracy  float64   `json:"accuracy"`  // of the best answer; abstaining is right only where no label fits
	Spread    float64   `json:"spread"`    // standard deviation of the runs' accuracies
	Undoubted float64   `json:"undoubted"` // accuracy on the rows without doubt
	MacroF1   float64   `json:"macro_f1"`  // mean over labels of the harmonic mean of precision and recall
	ECE       float64   `json:"ece"`       // expected calibration error over ten bins
	Bins      []Bin     `json:"bins"`      // the reliability diagram
	Target    float64   `json:"target"`    // the precision asked for
	Precision float64   `json:"precision"` // of the answers given without a person
	Coverage  float64   `json:"coverage"`  // share of titles that got one
	Methods   []Share   `json:"methods"`   // who decided
	Confusion Confusion `json:"confusion"`
	Curve     []Point   `json:"curve,omitempty"` // the learning curve
	// Strange are labels of the file that the workbook's taxonomy does not have, most frequent first. No answer to them is right.
	Strange []Strange `json:"strange,omitempty"`
}

// Strange is a label that the taxonomy does not have, and how often it stands in the file.
type Strange struct {
	Label string `json:"label"`
	Count int    `json:"count"`
}

// Bin is one bar of a reliability diagram.
type Bin struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	Count      int     `json:"count"`
	Confidence float64 `json:"confidence"` // mean
	Accuracy   float64 `json:"accuracy"`
}

// Share is a named share of the titles and how often it was right.
type Share struct {
	Name     string  `json:"name"`
	Count    int     `json:"count"`
	Accuracy float64 `json:"accuracy"`
}

// Confusion counts answers: Counts[i][j] titles whose right label is Labels[i] got Labels[j].
type Confusion struct {
	Labels []string `json:"labels"`
	Counts [][]int  `json:"counts"`
}

// Point is one point of a learning curve.
type Point struct {
	Corrections int     `json:"corrections"`
	Accuracy    float64 `json:"accuracy"`
	Precision   float64 `json:"precision"`
	Coverage    float64 `json:"coverage"`
}
