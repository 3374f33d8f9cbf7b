"""From a survey and published margins to a posterior that every comparison uses."""
