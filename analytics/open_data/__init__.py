"""Open data: what is published is made here, guarded and written as files; who may publish is asked elsewhere."""
