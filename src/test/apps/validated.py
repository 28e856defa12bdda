"""The applications of behaviours.py inside wsgiref.validate, which fails where either side errs."""

from wsgiref.validate import validator

import behaviours

application = validator(behaviours.application)
