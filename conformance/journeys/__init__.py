"""The ways a consent goes, as steps that either happen or block."""

from conformance.journeys.journey import Decision, Journey
from conformance.journeys.landing import Landing
from conformance.journeys.states import Observed, Overdue
from conformance.journeys.visit import Stage, Visit
from conformance.journeys.walk import Walk
from conformance.journeys.witness import Witness

__all__ = ["Decision", "Journey", "Landing", "Observed", "Overdue", "Stage", "Visit", "Walk", "Witness"]
