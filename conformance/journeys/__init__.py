"""The ways a consent goes, as steps that either happen or block."""

from conformance.journeys.journey import Decision, Journey, Landing
from conformance.journeys.states import Observed
from conformance.journeys.visit import Stage, Visit
from conformance.journeys.walk import Walk
from conformance.journeys.witness import Witness

__all__ = ["Decision", "Journey", "Landing", "Observed", "Stage", "Visit", "Walk", "Witness"]
