package sheets_test

func validRequest(path string, body []byte) error { return nil }
